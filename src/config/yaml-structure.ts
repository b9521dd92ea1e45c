import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Document,
  type YAMLMap,
} from 'yaml';
import { costOf } from './budget.js';
import { keyText, rangeOf } from './locate.js';
import type { Range, YamlProblem } from './reading.js';

/** More than any person writes; finding what each stands for takes its time. */
const MOST_ALIASES = 1000;
/** Of the size of a config with aliases written out; some 10 MB. */
const MOST_VALUES = 200_000;
const UNROLL = 'say what is needed without an alias of something that has aliases itself';

/** Duplicate keys, keys that are no text, aliases that lead nowhere or into themselves. */
export function structureProblems(document: Document, lineOf: (offset: number) => number): YamlProblem[] {
  const problems: YamlProblem[] = [];
  /** With the size of what they stand at. */
  const anchors = new Map<string, number>();
  const open = new Set<string>();
  const tell = (node: unknown, message: string, hint?: string): void => {
    problems.push({ code: 'CONFIG_INVALID', range: rangeOf(node) ?? emptyAt(node), message, hint });
  };
  // The size with aliases written out; without the limits a small file could fill any memory.
  let size = 0;
  let aliases = 0;
  const walk = (node: unknown): void => {
    const before = size;
    const anchor = isScalar(node) || isCollection(node) ? node.anchor : undefined;
    if (isAlias(node)) {
      const name = node.source;
      const own = anchors.get(name);
      if (open.has(name)) tell(node, `the alias *${name} contains itself`);
      else if (own === undefined)
        tell(
          node,
          `the alias *${name} has no anchor &${name} before it`,
          `put quotes around a text that starts with *: "*${name}"`,
        );
      else {
        if (++aliases === MOST_ALIASES + 1) tell(node, `more than ${MOST_ALIASES} uses of aliases`, UNROLL);
        if (size <= MOST_VALUES && size + own > MOST_VALUES)
          tell(node, `with *${name} written out the config has more than ${MOST_VALUES} values`, UNROLL);
        size += own;
      }
    } else if (isCollection(node)) {
      if (anchor !== undefined) open.add(anchor);
      if (isMap(node)) checkKeys(node);
      for (const item of node.items) walk(isPair(item) ? item.value : item);
      if (anchor !== undefined) open.delete(anchor);
    }
    if (!isAlias(node)) size += costOf(isScalar(node) ? node.value : undefined);
    if (anchor !== undefined) anchors.set(anchor, size - before);
  };
  // The parser's own check compares every key with every other, which takes minutes for a map of 100,000 keys.
  const checkKeys = (map: YAMLMap): void => {
    const seen = new Map<string, unknown>();
    for (const pair of map.items) {
      const { key } = pair;
      const name = keyText(pair);
      if (name === undefined) {
        // `{{ .Values.x }}` is a mapping whose key is a mapping.
        const hint = isMap(key) && key.flow ? 'put quotes around a text that starts with {{' : undefined;
        tell(key ?? map, 'a key must be a text', hint);
        continue;
      }
      // JavaScript has a meaning of its own for it, and would lose it somewhere.
      if (name === '__proto__') tell(key, 'a key cannot be called "__proto__"');
      if (name === '<<' && !isMergeable(pair.value, document))
        tell(
          pair.value ?? key,
          'only a mapping can be merged with <<',
          'write `<<: *name`, with `&name` at a mapping',
        );
      const first = seen.get(name);
      if (first === undefined) seen.set(name, key);
      else {
        const line = lineOf(rangeOf(first)?.[0] ?? 0);
        tell(
          key,
          `duplicate key ${JSON.stringify(name)}, first used in line ${line}`,
          'remove or rename one of the two',
        );
      }
    }
  };
  walk(document.contents);
  return problems;
}

/** A mapping, an alias of one, or a list of these. An alias that leads nowhere is told elsewhere. */
function isMergeable(value: unknown, document: Document): boolean {
  const node = isAlias(value) ? value.resolve(document) : value;
  if (node === undefined || isMap(node)) return true;
  return isSeq(node) && node.items.every((item) => !isSeq(item) && isMergeable(item, document));
}

/** Where something is that takes no room. */
function emptyAt(node: unknown): Range {
  const at = (isNode(node) ? node.range?.[0] : undefined) ?? 0;
  return [at, at];
}
