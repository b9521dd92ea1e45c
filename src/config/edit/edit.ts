import { isDeepStrictEqual } from 'node:util';
import { isCollection, isMap, isScalar } from 'yaml';
import type { Node } from 'yaml';
import { Failure } from '../../base/failure.js';
import { formatPath, valueAt, type Path } from '../path.js';
import { asTree } from '../tree.js';
import { flowText } from './block-text.js';
import { emptiedBy, insertion, removal, splice, type Splice } from './splice.js';
import { isReference, TextDocument } from './text-document.js';

/** One change of a config. Lists and maps above `path` that are missing are made; those that a removal leaves empty go away. */
export type Edit =
  /** A new item of the list at `path`. */
  | { readonly type: 'insert'; readonly path: Path; readonly value: unknown; readonly at: 'start' | 'end' }
  /** A new key. */
  | { readonly type: 'put'; readonly path: Path; readonly value: unknown }
  /** A single value, in the place of the one that is there or as a new key. */
  | { readonly type: 'set'; readonly path: Path; readonly value: string | number | boolean }
  | { readonly type: 'remove'; readonly path: Path };

/** The sections in the order people have them in: where a new one goes. */
const SECTIONS = [
  'version',
  'vars',
  'images',
  'deployments',
  'dev',
  'dependencies',
  'hooks',
  'commands',
  'profiles',
];

/**
 * Makes the changes in the text of a YAML file and leaves every other character alone: comments, quotes, indentation, line breaks. The new lines are
 * written as the others are. The result is read again, and has to mean what the text meant with the changes, else CONFIG_NOT_EDITED is thrown:
 * what stands in an alias, for example, belongs to several places. `text` must be valid YAML; `file` is its name for messages.
 */
export function editText(file: string, text: string, edits: readonly Edit[]): string {
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  // Items of a list are counted as the text has them at first.
  const ordered = edits.toSorted((a, b) => Number(a.type !== 'remove') - Number(b.type !== 'remove'));
  const removals = ordered
    .filter((edit) => edit.type === 'remove')
    .toSorted((a, b) => comparePaths(b.path, a.path));
  let result = text.slice(bom.length);
  for (const edit of [...removals, ...ordered.slice(removals.length)]) result = editOnce(file, result, edit);
  return bom + result;
}

function editOnce(file: string, text: string, edit: Edit): string {
  const source = new TextDocument(text);
  const change =
    edit.type === 'remove'
      ? removed(source, edit.path)
      : edit.type === 'set' && source.at(edit.path) !== undefined
        ? replaced(source, edit.path, edit.value)
        : added(source, edit.type === 'set' ? { ...edit, type: 'put' } : edit);
  if (!change) throw notEdited(file, edit);
  const result = splice(text, change.splice);
  // Without shared objects: in plain data, too, a change must happen in one place only.
  const value = asTree(source.value());
  change.apply(value);
  let after: unknown;
  try {
    after = new TextDocument(result).value();
  } catch {
    // An anchor that aliases need is gone.
  }
  if (!isDeepStrictEqual(after, value)) throw notEdited(file, edit);
  return result;
}

interface Change {
  readonly splice: Splice;
  /** The same change in plain data. */
  readonly apply: (value: unknown) => void;
}

function removed(source: TextDocument, path: Path): Change | undefined {
  const whole = emptiedBy(source, path);
  const [name, above] = [whole.at(-1), whole.slice(0, -1)];
  const parent = source.at(above);
  const entry = source.entries(parent ?? null).find((one) => one.name === name);
  const cut = entry && removal(source, parent ?? null, entry);
  if (!cut || name === undefined) return undefined;
  return {
    splice: cut,
    apply: (value) => {
      const holder = valueAt(value, above);
      if (Array.isArray(holder)) holder.splice(Number(name), 1);
      else delete (holder as Record<string, unknown>)[name];
    },
  };
}

function replaced(source: TextDocument, path: Path, value: unknown): Change | undefined {
  const [name, above] = [path.at(-1), path.slice(0, -1)];
  const entry = source.entries(source.at(above) ?? null).find((one) => one.name === name);
  const node = entry?.value ?? null;
  if (!entry || name === undefined || (node !== null && !isScalar(node))) return undefined;
  const [start = 0, end = 0] = node?.range ?? [];
  const there = end > start;
  return {
    splice: there
      ? { start, end: entry.end, text: flowText(value) }
      : { start: entry.end, end: entry.end, text: ` ${flowText(value)}` },
    apply: (whole) => {
      (valueAt(whole, above) as Record<string | number, unknown>)[name] = value;
    },
  };
}

function added(source: TextDocument, edit: Edit & { type: 'insert' | 'put' }): Change | undefined {
  // What there is of the list or map, and what has to be made below it.
  const list = edit.type === 'insert' ? edit.path : edit.path.slice(0, -1);
  let value: unknown = edit.type === 'insert' ? edit.value : { [edit.path.at(-1) as string]: edit.value };
  let isItem = edit.type === 'insert';
  let depth = list.length;
  while (depth > 0 && source.at(list.slice(0, depth)) === undefined) {
    depth -= 1;
    value = { [list[depth] as string]: isItem ? [value] : value };
    isItem = false;
  }
  const path = list.slice(0, depth);
  const node = source.at(path) ?? null;
  if (isReference(node)) return undefined;
  const holder = source
    .entries(source.at(path.slice(0, -1)) ?? null)
    .find(({ name }) => name === path.at(-1));
  const [key, item] = isItem ? [undefined, value] : (Object.entries(value as object)[0] as [string, unknown]);
  if (isCollection(node) && node.items.length > 0 && isMap(node) !== (key !== undefined)) return undefined;
  const place =
    key === undefined
      ? edit.type === 'insert' && edit.at === 'start'
        ? 0
        : 'end'
      : placeOf(source, node, path, key);
  const put = insertion(source, node, holder, { key, value: item }, place);
  if (!put) return undefined;
  return {
    splice: put,
    apply: (whole) => {
      let at = valueAt(whole, path);
      if (
        at === null ||
        at === undefined ||
        (Array.isArray(at) ? at.length === 0 : Object.keys(at).length === 0)
      ) {
        at = key === undefined ? [] : {};
        (valueAt(whole, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1) ?? ''] = at;
      }
      if (key !== undefined) (at as Record<string, unknown>)[key] = item;
      else if (place === 0) (at as unknown[]).unshift(item);
      else (at as unknown[]).push(item);
    },
  };
}

/** A new section goes in front of those that people write behind it. */
function placeOf(source: TextDocument, node: Node | null, path: Path, key: string): number | 'end' {
  if (path.length > 0) return 'end';
  const order = SECTIONS.indexOf(key);
  const index = source.entries(node).findIndex(({ name }) => SECTIONS.indexOf(String(name)) > order);
  return index === -1 ? 'end' : index;
}

/** Later places are greater, so that removing from behind moves nothing that is still to be removed. */
function comparePaths(a: Path, b: Path): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (typeof part === 'number' && typeof other === 'number' && part !== other) return part - other;
    if (part !== other) return String(part) < String(other) ? -1 : 1;
  }
  return a.length - b.length;
}

function notEdited(file: string, edit: Edit): Failure {
  const where = formatPath(edit.path);
  const todo = edit.type === 'remove' ? `remove ${where}` : `add to ${where}: ${flowText(edit.value)}`;
  return new Failure({
    code: 'CONFIG_NOT_EDITED',
    message: `${file} is written in a way that ${where} cannot be changed without touching other parts of it`,
    subject: file,
    hint: `change it in an editor: ${todo}`,
  });
}
