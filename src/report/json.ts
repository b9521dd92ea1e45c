import type { Event, Reporter } from './events.js';
import { bare, logOutput, prefixed } from './log-output.js';

/** One JSON object a line on stdout: the event with its time. For programs; the shape is that of `events.ts`. */
export function jsonReporter(stdout: NodeJS.WritableStream): Reporter {
  const toJson = (event: Event) => `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`;
  return {
    handle: (event) => void stdout.write(toJson(event)),
    log: logOutput(stdout, (prefix, text) => {
      // All but the line is the same for all lines, and there may be very many.
      const before = toJson({ type: 'log', prefix, line: '' }).replace(/""\}\n$/, '');
      const lines = text.toString('utf8').replace(/\n$/, '').split('\n');
      return { text: lines.map((line) => `${before}${JSON.stringify(line)}}\n`).join(''), encoding: 'utf8' };
    }),
    close: () => undefined,
  };
}

/** `--silent`: only what was asked for, the lines of containers. */
export function silentReporter(stdout: NodeJS.WritableStream & { isTTY?: boolean }): Reporter {
  const terminal = { terminal: stdout.isTTY === true };
  return {
    handle: () => undefined,
    log: logOutput(stdout, (prefix, text) =>
      prefix === '' ? bare(text, terminal) : prefixed(`[${prefix}]`, text, terminal),
    ),
    close: () => undefined,
  };
}
