import { isDeepStrictEqual } from 'node:util';
import { found as shown, shortList } from '../expected.js';
import type { Origins } from '../origins.js';
import { formatPath, type Path } from '../path.js';
import { RegexpTooSlow } from '../regexp.js';
import { nearest } from '../suggest.js';
import { findPlaces, UNTOUCHABLE, type DeadEnd, type Found, type Place } from './find-places.js';
import { parsePatchPath, PatchPathError, type PatchPath } from './patch-path.js';

export interface Patch {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly value?: unknown;
  readonly from?: string | undefined;
}

/** Why a patch cannot be applied. */
export interface PatchProblem {
  /** Which of its keys is at fault. */
  readonly key: 'path' | 'from' | 'value';
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface PatchOptions {
  readonly origins: Origins;
  /** Where the patch's value is written, in the file. */
  readonly origin: Path;
  /** As DevSpace from 5.12 on: what is to be replaced may be missing, and what is to be removed may be gone. */
  readonly forgiving: boolean;
}

/** Changes `root` in place as `patch` says, or gives the problem. */
export function applyPatch(root: object, patch: Patch, options: PatchOptions): PatchProblem | undefined {
  const { forgiving } = options;
  const mayBeNew =
    patch.op === 'add' || patch.op === 'move' || patch.op === 'copy' || (patch.op === 'replace' && forgiving);
  const target = lookUp(root, patch.path, 'path', mayBeNew);
  if ('message' in target) return patch.op === 'remove' && forgiving && target.missing ? undefined : target;
  const { places, parsed } = target;
  switch (patch.op) {
    case 'add':
      for (const place of places) add(place, patch.value, parsed, options);
      return undefined;
    case 'replace':
      for (const place of places) put(place, patch.value, place.exists, options);
      return undefined;
    case 'remove':
      // From the end: indexes before it stay as they are.
      for (const place of places.toReversed()) remove(place, options);
      return undefined;
    case 'test': {
      const different = places.find(({ holder, key }) => !isDeepStrictEqual(at(holder, key), patch.value));
      if (!different) return undefined;
      const { holder, key, path } = different;
      return { key: 'value', message: `the test fails: ${formatPath(path)} is ${shown(at(holder, key))}` };
    }
    default:
      return transfer(root, patch, parsed, options);
  }
}

function transfer(
  root: object,
  patch: Patch,
  parsed: PatchPath,
  options: PatchOptions,
): PatchProblem | undefined {
  const source = lookUp(root, patch.from ?? '', 'from', false);
  if ('message' in source) return source;
  const [from, another] = source.places;
  if (!from || another)
    return {
      key: 'from',
      message: `${JSON.stringify(patch.from)} leads to ${source.places.length} places, one is needed`,
    };
  const origin = options.origins.originOf(root, from.path);
  const value = options.origins.copy(at(from.holder, from.key));
  let target = lookUp(root, patch.path, 'path', true);
  if (!('message' in target) && patch.op === 'move') {
    if (target.places.some(({ path }) => startsWith(path, from.path)))
      return { key: 'path', message: `${formatPath(from.path)} cannot be moved into itself` };
    remove(from, options);
    // What stood behind it in a list has moved.
    target = lookUp(root, patch.path, 'path', true);
  }
  if ('message' in target) return target;
  for (const place of target.places) add(place, value, parsed, { ...options, origin });
  return undefined;
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}

/** A list is appended to, except by a JSON pointer, which means the place itself. An index inserts. */
function add(place: Place, value: unknown, { pointer }: PatchPath, options: PatchOptions): void {
  const is = place.exists ? at(place.holder, place.key) : undefined;
  if (Array.isArray(is) && !pointer) put({ ...place, holder: is, key: is.length }, value, false, options);
  else put(place, value, !Array.isArray(place.holder), options);
}

function put(
  { holder, key }: Place,
  value: unknown,
  replacing: boolean,
  { origins, origin }: PatchOptions,
): void {
  // A copy for each place: no two may share an object.
  const copy = origins.copy(value);
  if (Array.isArray(holder)) origins.splice(holder, Number(key), replacing ? 1 : 0, [copy], origin);
  else {
    Object.defineProperty(holder, key, { value: copy, enumerable: true, writable: true, configurable: true });
    origins.note(holder, key, origin);
  }
}

function remove({ holder, key }: Place, { origins, origin }: PatchOptions): void {
  if (Array.isArray(holder)) origins.splice(holder, Number(key), 1, [], origin);
  else delete holder[key];
}

function at(holder: Place['holder'], key: string | number): unknown {
  return (holder as Record<string | number, unknown>)[key];
}

function lookUp(
  root: object,
  text: string,
  key: 'path' | 'from',
  mayBeNew: boolean,
): { places: readonly Place[]; parsed: PatchPath } | (PatchProblem & { missing?: boolean }) {
  let parsed: PatchPath;
  try {
    parsed = parsePatchPath(text);
  } catch (error) {
    if (!(error instanceof PatchPathError)) throw error;
    return { key, message: `${JSON.stringify(text)} is no path: ${error.message}` };
  }
  const [first] = parsed.steps;
  if (first?.kind === 'key' && UNTOUCHABLE.includes(first.key))
    return { key, message: `a profile cannot change ${JSON.stringify(first.key)}` };
  let result: Found;
  try {
    result = findPlaces(root, parsed.steps, { mayBeNew });
  } catch (error) {
    if (!(error instanceof RegexpTooSlow)) throw error;
    return { key, message: error.message };
  }
  if ('places' in result) {
    if (result.places.length > 0) return { places: result.places, parsed };
    return { key, message: `${JSON.stringify(text)} leads to nothing`, missing: true };
  }
  return { key, ...deadEnd(result.deadEnd), missing: true };
}

function deadEnd({ path, step, value }: DeadEnd): { message: string; hint?: string | undefined } {
  const where = path.length === 0 ? 'at the top of the config' : `in ${formatPath(path)}`;
  if (typeof value !== 'object' || value === null)
    return { message: `${formatPath(path)} is ${shown(value)}, and nothing can be below it` };
  const names = Array.isArray(value)
    ? namesOf(value)
    : Object.keys(value).filter((name) => path.length > 0 || !UNTOUCHABLE.includes(name));
  const what = Array.isArray(value)
    ? value.length === 1
      ? 'is 1 item'
      : `are ${value.length} items`
    : 'are these keys';
  const hint = names.length > 0 ? `there ${what}: ${shortList(names)}` : `it is empty`;
  if (step.kind === 'filter') {
    const meant = step.value === undefined ? undefined : nearest(step.value, names);
    return {
      message: `nothing ${where} fits ${step.written}${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
      hint,
    };
  }
  if (step.kind !== 'key') return { message: `nothing fits ${where}`, hint };
  if (!Array.isArray(value)) {
    const meant = nearest(step.key, names);
    return {
      message: `there is no key ${JSON.stringify(step.key)} ${where}${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
      hint,
    };
  }
  if (/^-?\d+$/.test(step.key))
    return { message: `there is no item ${step.key} ${where}; the first is 0`, hint };
  return {
    message: `${formatPath(path)} is a list and has no key ${JSON.stringify(step.key)}`,
    hint: `choose an item: [0], [*], or name=${step.key}; ${hint}`,
  };
}

/** How people tell the items of a list apart. */
function namesOf(list: readonly unknown[]): string[] {
  return list.map((item, index) => {
    if (typeof item !== 'object' || item === null) return shown(item);
    const name = ['name', 'imageName', 'path', 'url']
      .map((key) => at(item as Record<string, unknown>, key))
      .find((one) => typeof one === 'string');
    return typeof name === 'string' ? name : `[${index}]`;
  });
}
