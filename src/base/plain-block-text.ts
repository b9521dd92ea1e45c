import { Unusual } from './plain-scalar.js';

const HEAD = /\|(-?) *(?: #[^\n]*)?\r?\n/y;
const BLANKS = / */y;

/**
 * The text whose `|` or `|-` stands at `start`: the lines below that are indented further than `column`, as far as the first of them. `end` is that of its last
 * line, `next` the start of the line behind it. Throws {@link Unusual}, also where the first line is blank or the last has no line break.
 */
export function blockText(
  text: string,
  start: number,
  column: number,
): { value: string; end: number; next: number } {
  HEAD.lastIndex = start;
  const [, strip] = HEAD.exec(text) ?? [];
  if (strip === undefined) throw new Unusual();
  let next = HEAD.lastIndex;
  const indent = indentAt(text, next);
  const lines: string[] = [];
  let end = next;
  /** Lines up to the last one that is not blank. */
  let filled = 0;
  while (next < text.length) {
    const after = text.indexOf('\n', next) + 1;
    if (after === 0) throw new Unusual();
    const line = text.slice(next, after).replace(/\r?\n$/, '');
    const isBlank = /^ *$/.test(line);
    if (!isBlank && indentAt(text, next) < indent) break;
    lines.push(line.slice(indent));
    if (line.length > indent) {
      filled = lines.length;
      end = next + line.length;
    }
    next = after;
  }
  if (filled === 0 || indent <= Math.max(column, 0) || lines[0] === '') throw new Unusual();
  return { value: `${lines.slice(0, filled).join('\n')}${strip === '-' ? '' : '\n'}`, end, next };
}

function indentAt(text: string, at: number): number {
  BLANKS.lastIndex = at;
  BLANKS.test(text);
  return BLANKS.lastIndex - at;
}
