import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Path } from './path.js';
import type { Located, Range } from './reading.js';

interface LocatedNode extends Located {
  readonly node: Node | null;
}

/** Finds where paths are written. Keeps indexes, because a document may have very many keys and very many of them may be asked for. */
export class Locator {
  readonly #document: Document;
  readonly #pairs = new Map<YAMLMap, Map<string, Pair>>();
  #aliases: Map<unknown, unknown> | undefined;

  constructor(document: Document) {
    this.#document = document;
  }

  /**
   * Where `path` is written; of a path that is not there, the nearest thing above it that is. Follows aliases and merge keys to where the
   * value is really written. Undefined when nothing of the path exists.
   */
  locate(path: Path): Located | undefined {
    let node: unknown = this.#document.contents;
    let found: LocatedNode | undefined;
    for (const part of path) {
      const next = this.#child(node, part);
      if (!next) break;
      found = next;
      node = next.node;
    }
    return found;
  }

  #child(parent: unknown, part: string | number): LocatedNode | undefined {
    const at = this.#follow(parent);
    if (isSeq(at)) {
      const item = at.items[Number(part)] as Node | undefined;
      // An empty item has a place, though no text.
      const range = rangeOf(item) ?? (item?.range && ([item.range[0], item.range[1]] as const));
      return range ? { key: range, value: range, ...described(item) } : undefined;
    }
    if (!isMap(at)) return undefined;
    const pair = this.#pair(at, String(part));
    const key = rangeOf(pair?.key);
    if (!pair || !key) return undefined;
    return { key, value: rangeOf(pair.value), ...described(pair.value as Node | null) };
  }

  #pair(map: YAMLMap, key: string): Pair | undefined {
    let pairs = this.#pairs.get(map);
    if (!pairs) {
      pairs = new Map(map.items.map((pair) => [keyText(pair) ?? '', pair]));
      this.#pairs.set(map, pairs);
    }
    const own = pairs.get(key);
    const merge = pairs.get('<<');
    if (own || !merge) return own;
    const value = this.#follow(merge.value);
    for (const merged of isSeq(value) ? value.items : [value]) {
      const from = this.#follow(merged);
      const inherited = isMap(from) ? this.#pair(from, key) : undefined;
      if (inherited) return inherited;
    }
    return undefined;
  }

  #follow(node: unknown): unknown {
    if (!isAlias(node)) return node;
    this.#aliases ??= resolveAliases(this.#document.contents);
    return this.#aliases.get(node);
  }
}

function described(node: Node | null | undefined): Pick<LocatedNode, 'node' | 'plainText'> {
  const isPlain = isScalar(node) && node.type === 'PLAIN';
  return { node: node ?? null, plainText: isPlain && node.source !== '' ? node.source : undefined };
}

/** Each alias with the node it stands for: the last one before it that has its anchor. */
function resolveAliases(contents: unknown): Map<unknown, unknown> {
  const anchors = new Map<string, unknown>();
  const aliases = new Map<unknown, unknown>();
  const walk = (node: unknown): void => {
    if (isAlias(node)) aliases.set(node, anchors.get(node.source));
    else if (isScalar(node) || isCollection(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isCollection(node)) for (const item of node.items) walk(isPair(item) ? item.value : item);
    }
  };
  walk(contents);
  return aliases;
}

/** The key as the loaded value has it; undefined for what is no text. */
export function keyText(pair: Pair): string | undefined {
  if (!isScalar(pair.key) || pair.key.value === null) return undefined;
  // A merge key's value is a symbol.
  return typeof pair.key.value === 'symbol' ? '<<' : `${pair.key.value as string | number}`;
}

/** Undefined for what takes no room, such as the value of `key:`. */
export function rangeOf(node: unknown): Range | undefined {
  const [start, end] = isNode(node) && takesRoom(node) ? (node.range ?? []) : [];
  return start === undefined || end === undefined ? undefined : [start, endOf(node) ?? end];
}

function takesRoom(node: unknown): boolean {
  const [start = 0, end = 0] = isNode(node) ? (node.range ?? []) : [];
  return end > start;
}

/** Where the last thing in a block ends: the parser counts the comment behind it. */
function endOf(node: unknown): number | undefined {
  if (!isCollection(node) || node.flow) return isNode(node) ? node.range?.[1] : undefined;
  const last = node.items.at(-1);
  return isPair(last) ? endOf(takesRoom(last.value) ? last.value : last.key) : endOf(last);
}
