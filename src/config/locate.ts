import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Path } from './path.js';

/** Offsets in the text: from the first character to behind the last. */
export type Range = readonly [start: number, end: number];

export interface Located {
  /** Of the key, or of the item itself in a list. */
  readonly key: Range;
  /** Absent when nothing is written behind the key. */
  readonly value: Range | undefined;
  readonly node: Node | null;
}

/**
 * Where `path` is written; of a path that is not there, the nearest thing above it that is. Follows aliases and merge keys to where the
 * value is really written. Undefined when nothing of the path exists.
 */
export function locatePath(document: Document, path: Path): Located | undefined {
  let node: unknown = document.contents;
  let found: Located | undefined;
  for (const part of path) {
    const next = child(document, node, part);
    if (!next) break;
    found = next;
    node = next.node;
  }
  return found;
}

function child(document: Document, parent: unknown, part: string | number): Located | undefined {
  const at = follow(document, parent);
  if (isSeq(at)) {
    const item = at.items[Number(part)] as Node | undefined;
    // An empty item has a place, though no text.
    const range = item?.range && ([item.range[0], item.range[1]] as const);
    return range ? { key: range, value: range, node: item } : undefined;
  }
  if (!isMap(at)) return undefined;
  const pair = pairOf(document, at, String(part));
  const key = rangeOf(pair?.key);
  if (!pair || !key) return undefined;
  return { key, value: rangeOf(pair.value), node: pair.value as Node | null };
}

function pairOf(document: Document, map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.find((pair) => keyText(pair) === key);
  if (own) return own;
  for (const pair of map.items) {
    if (keyText(pair) !== '<<') continue;
    const value = follow(document, pair.value);
    for (const merged of isSeq(value) ? value.items : [value]) {
      const from = follow(document, merged);
      const inherited = isMap(from) ? pairOf(document, from, key) : undefined;
      if (inherited) return inherited;
    }
  }
  return undefined;
}

/** The key as the loaded value has it; undefined for what is no text. */
export function keyText(pair: Pair): string | undefined {
  if (!isScalar(pair.key) || pair.key.value === null) return undefined;
  // A merge key's value is a symbol.
  return typeof pair.key.value === 'symbol' ? '<<' : `${pair.key.value as string | number}`;
}

function follow(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** Undefined for what takes no room, such as the value of `key:`. */
export function rangeOf(node: unknown): Range | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const [start, end] = node.range as number[];
  return start === undefined || end === undefined || end <= start ? undefined : [start, end];
}
