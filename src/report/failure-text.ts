import { Failure } from '../base/failure.js';
import type { Event } from './events.js';
import type { Style } from './style.js';
import { harmless } from './terminal-text.js';

/** One failure as lines of text, without colour: `error CODE: message`, its details, its hint. */
export interface FailureText {
  headline: string;
  code: string;
  details: readonly string[];
  hint: string | undefined;
}

/** Describes whatever ended a run: a {@link Failure} as it is, anything else as the bug it is. */
export function describeFailure(error: unknown): FailureText {
  if (error instanceof Failure) {
    return { headline: error.message, code: error.code, details: error.details, hint: error.hint };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    headline: 'devspace ran into a bug of its own',
    code: 'INTERNAL',
    details: stack.split('\n'),
    hint: 'please report this with the lines above',
  };
}

/** The same as lines for people; with `debug` followed by the stack and the cause. */
export function failureLines(error: unknown, style: Style, debug = false): string[] {
  const { code, details, headline, hint } = describeFailure(error);
  const lines = [
    `${style.red.bold('error')} ${style.bold(code)}: ${harmless(headline)}`,
    ...details.map((line) => `  ${harmless(line)}`.trimEnd()),
  ];
  if (hint !== undefined) lines.push(`  ${style.cyan('hint:')} ${hint}`);
  if (!debug || !(error instanceof Error)) return lines;
  // What a bug says of itself has its stack already.
  if (error instanceof Failure) lines.push(style.dim(error.stack ?? ''));
  if (error.cause instanceof Error) lines.push(style.dim(`cause: ${error.cause.message}`));
  return lines;
}

/** The same for programs. */
export function failedEvent(error: unknown): Event & { type: 'failed' } {
  const { code, details, headline, hint } = describeFailure(error);
  return { type: 'failed', code, text: headline, details, ...(hint === undefined ? {} : { hint }) };
}
