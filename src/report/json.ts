import type { Event, Reporter } from './events.js';
import { logOutput, prefixed } from './log-output.js';

/** One JSON object a line on stdout: the event with its time. For programs; the shape is that of `events.ts`. */
export function jsonReporter(stdout: NodeJS.WritableStream): Reporter {
  const toJson = (event: Event) => `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`;
  return {
    handle: (event) => void stdout.write(toJson(event)),
    log: logOutput(stdout, (prefix, text) => {
      const lines = text.toString('utf8').replace(/\n$/, '').split('\n');
      return {
        text: lines.map((line) => toJson({ type: 'log', prefix, line })).join(''),
        encoding: 'utf8',
      };
    }),
    close: () => undefined,
  };
}

/** `--silent`: only what was asked for, the lines of containers. */
export function silentReporter(stdout: NodeJS.WritableStream): Reporter {
  return {
    handle: () => undefined,
    log: logOutput(stdout, (prefix, text) => (prefix === '' ? text : prefixed(`[${prefix}]`, text))),
    close: () => undefined,
  };
}
