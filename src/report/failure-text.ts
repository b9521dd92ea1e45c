import { Failure } from '../base/failure.js';

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
