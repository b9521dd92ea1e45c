import { Failure } from '../base/failure.js';
import type { Span } from './code-frame.js';
import type { Path } from './path.js';

/** CONFIG_IGNORED is only a warning: what is there has no effect. */
export type DiagnosticCode =
  'CONFIG_SYNTAX' | 'CONFIG_VERSION' | 'CONFIG_INVALID' | 'CONFIG_UNSUPPORTED' | 'CONFIG_IGNORED';

/** One problem of a config, complete in itself: what, where, and the line it is on. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** One line, with the path of the key in front where there is one. */
  readonly message: string;
  readonly path: Path;
  readonly file: string;
  readonly span: Span;
  /** The line and a squiggle. */
  readonly frame: readonly string[];
  readonly hint?: string | undefined;
}

/** Nobody mends more at a time, and finding the place of each costs a search. */
export const MOST_FOUND = 200;
const MOST_SHOWN = 30;

/**
 * All problems as one {@link Failure}. Its code is that of the problems when they share one, else CONFIG_INVALID.
 * `diagnostics` must not be empty.
 */
export function failureOf(diagnostics: readonly Diagnostic[]): Failure {
  const [first, ...rest] = diagnostics;
  if (!first) throw new Error('failureOf needs a problem');
  const code = rest.every((one) => one.code === first.code) ? first.code : 'CONFIG_INVALID';
  if (rest.length === 0) {
    return new Failure({
      code,
      message: headline(first),
      subject: first.file,
      hint: first.hint,
      details: first.frame,
    });
  }
  const many =
    diagnostics.length < MOST_FOUND ? `${diagnostics.length} problems` : `${MOST_FOUND} problems or more`;
  const shown = diagnostics.slice(0, MOST_SHOWN);
  const details: string[] = [];
  for (const one of shown) {
    details.push(headline(one), ...one.frame);
    if (one.hint !== undefined) details.push(`  hint: ${one.hint}`);
    details.push('');
  }
  if (diagnostics.length > MOST_SHOWN) details.push('… and more');
  else details.pop();
  return new Failure({
    code,
    message: `${first.file} has ${many}`,
    subject: first.file,
    details,
  });
}

/** A warning as an event: code, text, hint and the line it is about. */
export function warningOf(diagnostic: Diagnostic) {
  const { code, file, frame, hint } = diagnostic;
  return {
    type: 'warning',
    code,
    text: headline(diagnostic),
    subject: file,
    details: frame,
    ...(hint === undefined ? {} : { hint }),
  } as const;
}

function headline({ file, span, message }: Diagnostic): string {
  return `${file}:${span.line}:${span.column}: ${message}`;
}

/** In the order of the file, each once: one line of the file may stand for several parts of the config. */
export function inFileOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map(
    diagnostics.map((one) => [`${one.span.line}:${one.span.column} ${one.message}`, one] as const),
  );
  return [...seen.values()].toSorted((a, b) => a.span.line - b.span.line || a.span.column - b.span.column);
}
