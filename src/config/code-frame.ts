import { displayWidth } from './display-width.js';

/** A place in a text. `line` and `column` count from 1, in UTF-16 units like editors do; `length` stays within the line. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

const WIDEST = 120;

/**
 * The line a span is on, with a squiggle under it. Tabs become spaces, control characters `\uFFFD` (a config must not steer the terminal),
 * long lines are cut around the span, and what stands after a key named like a password is starred.
 */
export function codeFrame(line: string, span: Span): string[] {
  const masked = maskSecrets(line);
  const start = Math.min(span.column - 1, masked.length);
  const end = Math.min(Math.max(start + span.length, start + 1), Math.max(masked.length, start + 1));
  const from = Math.max(0, Math.min(start - 40, masked.length - WIDEST));
  const to = Math.min(masked.length, from + WIDEST);
  const before = `${from > 0 ? '…' : ''}${visible(masked.slice(from, start))}`;
  const marked = visible(masked.slice(start, Math.min(end, to)));
  const after = `${visible(masked.slice(Math.min(end, to), to))}${to < masked.length ? '…' : ''}`;
  const gutter = `  ${span.line} | `;
  const squiggle = '~'.repeat(Math.max(1, displayWidth(marked)));
  return [
    `${gutter}${before}${marked}${after}`.trimEnd(),
    `${' '.repeat(gutter.length - 2)}| ${' '.repeat(displayWidth(before))}${squiggle}`,
  ];
}

function visible(text: string): string {
  return text.replaceAll('\t', '    ').replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\uFFFD');
}

/** Stars of the same length, so that columns stay true. */
function maskSecrets(line: string): string {
  return line.replaceAll(
    /((?:password|passwd|token)["']?\s*:\s*["']?)([^\s"',}]+)/gi,
    (_all, key: string, secret: string) => key + '*'.repeat(secret.length),
  );
}
