import { isCollection, isMap, isScalar } from 'yaml';
import type { Node } from 'yaml';
import type { Path } from '../path.js';
import { blockLines, flowText } from './block-text.js';
import { isBlock, type Entry, type TextDocument } from './text-document.js';

/** A replacement of the characters from `start` to `end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where a new entry goes: in front of the entry of that number, or behind the last. */
export type Place = number | 'end';

/** Puts an entry into the map or list `node`, whose key is the entry `holder` of its parent. Undefined where that cannot be written. */
export function insertion(
  source: TextDocument,
  node: Node | null,
  holder: Entry | undefined,
  entry: { readonly key?: string | undefined; readonly value: unknown },
  place: Place,
): Splice | undefined {
  const made = entry.key === undefined ? [entry.value] : { [entry.key]: entry.value };
  const entries = source.entries(node);
  const before = place === 'end' ? undefined : entries[place];
  if (isBlock(node)) {
    return before
      ? aboveEntry(source, before, entries, made)
      : belowEntry(source, entries.at(-1) as Entry, entries, made);
  }
  const flow = flowText(made).slice(1, -1).trim();
  if (isCollection(node) && entries.length > 0) {
    if (before) return { start: before.start, end: before.start, text: `${flow}, ` };
    const end = entries.at(-1)?.end ?? 0;
    return { start: end, end, text: `, ${flow}` };
  }
  return holder && emptyValue(source, node, holder, made);
}

/** `key:` with nothing, `[]` or `{}` behind it. */
function emptyValue(
  source: TextDocument,
  node: Node | null,
  holder: Entry,
  made: object,
): Splice | undefined {
  const { style, text } = { style: source.style(), text: source.text };
  const [from = holder.end, to = holder.end] = isCollection(node) ? (node.range ?? []) : [];
  const nothing = node === null || (isScalar(node) && node.value === null) || isCollection(node);
  const end = source.lineEnd(to);
  const rest = text.slice(to, end);
  if (!nothing || (isScalar(node) && node.source !== '')) return undefined;
  // On the same line only a comment may follow, else this stands between brackets itself.
  if (!/^[ \t]*(?:#.*)?\r?\n?$/.test(rest))
    return isCollection(node) ? { start: from, end: to, text: flowText(made) } : undefined;
  const indent = source.column(holder.start) + (Array.isArray(made) ? style.dash : style.step);
  const lines = blockLines(made, indent, style).map((line) => style.eol + line);
  const head = text.slice(0, from).replace(/[ \t]+$/, '');
  return { start: head.length, end: to + rest.trimEnd().length, text: rest.trimEnd() + lines.join('') };
}

function belowEntry(source: TextDocument, last: Entry, entries: readonly Entry[], made: object): Splice {
  const style = source.style();
  const indent = source.column(last.start);
  const end = withDeeperComments(source, last.end, indent);
  const blank = separated(source, entries, indent) ? style.eol : '';
  const text = blank + style.eol + blockLines(made, indent, style).join(style.eol);
  return { start: end, end, text };
}

function aboveEntry(
  source: TextDocument,
  next: Entry,
  entries: readonly Entry[],
  made: object,
): Splice | undefined {
  const style = source.style();
  const indent = source.column(next.start);
  const line = source.lineStart(next.start);
  if (source.text.slice(line, next.start).trim() !== '') return undefined;
  const start = aboveComments(source, line, indent);
  // Between two entries it is as far from the one as they were from each other.
  const isApart =
    next === entries[0] ? separated(source, entries, indent) : BLANK_ABOVE.test(source.text.slice(0, start));
  const blank = isApart ? style.eol : '';
  const text = blockLines(made, indent, style).join(style.eol) + style.eol + blank;
  return { start, end: start, text };
}

const BLANK_ABOVE = /\n[ \t]*\r?\n$/;

/** Whether blank lines stand between the entries; sections at the top of a file that has one only are to have them. */
function separated(source: TextDocument, entries: readonly Entry[], indent: number): boolean {
  const gaps = entries
    .slice(1)
    .map(({ start }, index) => source.text.slice(entries[index]?.end ?? start, start));
  if (gaps.length === 0)
    return (
      indent === 0 &&
      isMap(source.document.contents) &&
      source.entries(source.document.contents).length === entries.length
    );
  return gaps.some((gap) => /\n[ \t]*\r?\n/.test(gap));
}

/** Behind the line of `end`, its line break not counted, and behind comment lines that are indented by more than `indent`. */
function withDeeperComments(source: TextDocument, end: number, indent: number): number {
  let found = end + restOfLine(source, end);
  for (let line = source.lineEnd(end); line < source.text.length; line = source.lineEnd(line)) {
    const text = source.text.slice(line, source.lineEnd(line));
    const column = text.search(/\S/);
    if (column === -1) continue;
    if (text[column] !== '#' || column <= indent) break;
    found = line + text.trimEnd().length;
  }
  return found;
}

function restOfLine(source: TextDocument, offset: number): number {
  return source.text.slice(offset, source.lineEnd(offset)).trimEnd().length;
}

/** The first of the comment lines right above `line`, indented like it. */
function aboveComments(source: TextDocument, line: number, indent: number): number {
  for (let at = line; at > 0;) {
    const above = source.lineStart(at - 1);
    const text = source.text.slice(above, at);
    if (text.search(/\S/) !== indent || text[indent] !== '#') return at;
    at = above;
  }
  return 0;
}

/**
 * Takes `entry` out of the map or list it stands in. A comment right above it goes with it, unless it is the first: then it may be about all of them.
 */
export function removal(source: TextDocument, node: Node | null, entry: Entry): Splice | undefined {
  const { text } = source;
  const entries = source.entries(node);
  const index = entries.indexOf(entries.find(({ start }) => start === entry.start) as Entry);
  const next = entries[index + 1];
  const previous = entries[index - 1];
  if (!isBlock(node)) {
    if (next) return { start: entry.start, end: next.start, text: '' };
    return { start: previous?.end ?? entry.start, end: entry.end, text: '' };
  }
  const line = source.lineStart(entry.start);
  const indent = source.column(entry.start);
  // `- name: …`: what is next takes its place behind the dash.
  if (text.slice(line, entry.start).trim() !== '') {
    return next && { start: entry.start, end: next.start, text: '' };
  }
  let start = previous ? aboveComments(source, line, indent) : line;
  const last = withDeeperComments(source, entry.end, indent);
  let end = source.lineEnd(last);
  const blankAbove = BLANK_ABOVE.exec(text.slice(0, start));
  const blankBelow = /^[ \t]*\r?\n/.exec(text.slice(end));
  if (blankAbove && (blankBelow || !next || end === text.length)) start = blankAbove.index + 1;
  else if (blankBelow && !previous && next) end += blankBelow[0].length;
  // A file without a line break at its end stays one.
  if (end === text.length && !text.endsWith('\n')) start = text.slice(0, start).replace(/\r?\n$/, '').length;
  return { start, end, text: '' };
}

export function splice(text: string, { start, end, text: put }: Splice): string {
  return text.slice(0, start) + put + text.slice(end);
}

/** The nearest entry above `path` that would be empty without it, `path` itself at least. */
export function emptiedBy(source: TextDocument, path: Path): Path {
  let at = path;
  while (at.length > 1 && source.entries(source.at(at.slice(0, -1)) ?? null).length === 1)
    at = at.slice(0, -1);
  return at;
}
