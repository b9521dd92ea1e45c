import type { Reporter } from './events.js';

/** One JSON object a line on stdout: the event with its time. For programs; the shape is that of `events.ts`. */
export function jsonReporter(stdout: NodeJS.WritableStream): Reporter {
  return {
    handle: (event) => {
      stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
    },
    close: () => undefined,
  };
}

/** `--silent`: only what was asked for, the lines of containers. */
export function silentReporter(stdout: NodeJS.WritableStream): Reporter {
  return {
    handle: (event) => {
      if (event.type === 'log')
        stdout.write(event.prefix === '' ? `${event.line}\n` : `[${event.prefix}] ${event.line}\n`);
    },
    close: () => undefined,
  };
}
