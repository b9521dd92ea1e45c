/**
 * A failure the user can do something about: the one kind of error that crosses module borders on purpose.
 * Anything else that is thrown is a bug and is reported as one.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** Stable, upper-case, for scripts and searches: `IMAGE_BUILD_FAILED`. */
  readonly code: string;
  /** Which thing: a file, image, pod, URL. */
  readonly subject: string | undefined;
  /** One thing the user can type or do next. */
  readonly hint: string | undefined;
  /** Further lines shown under the message: a code frame, the last lines of a build, a pod's events. */
  readonly details: readonly string[];
  /** What the process ends with when this failure ends it. */
  readonly exitCode: number;

  constructor(init: FailureInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.subject = init.subject;
    this.hint = init.hint;
    this.details = init.details ?? [];
    this.exitCode = init.exitCode ?? 1;
  }
}

export interface FailureInit {
  code: string;
  message: string;
  subject?: string | undefined;
  hint?: string | undefined;
  details?: readonly string[] | undefined;
  exitCode?: number | undefined;
  cause?: unknown;
}

/** True for a {@link Failure}, optionally only for one with that code. */
export function isFailure(error: unknown, code?: string): error is Failure {
  return error instanceof Failure && (code === undefined || error.code === code);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOENT`, `ECONNREFUSED`), else undefined. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
