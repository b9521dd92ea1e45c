import { isDeepStrictEqual } from 'node:util';
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  visit,
  Document,
  Pair,
  Scalar,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import type { Node } from 'yaml';
import type { Origins } from '../origins.js';
import { keyText } from '../locate.js';
import { valueAt, type Path } from '../path.js';
import { TextDocument } from '../edit/text-document.js';

/**
 * The text of a YAML file for the changed tree `root`, with everything that is still there taken over from the `text` it came from: comments,
 * quotes, notation and order. Comments of what is gone stand at the end. Undefined when the result would not mean `root`, as where anchors are
 * used in a part that changed.
 */
export function rebuildText(
  text: string,
  written: unknown,
  root: unknown,
  origins: Origins,
): string | undefined {
  const source = new TextDocument(text);
  const rebuild = new Rebuild(source, written, root, origins);
  // Before the tree is another: it looks at the text.
  const { step, dash, eol } = source.style();
  const document = source.document as unknown as Document;
  const before = commentsOf(document);
  document.contents = rebuild.node([], root) as never;
  const after = commentsOf(document);
  const lost = before.filter((comment) => !after.includes(comment));
  if (lost.length > 0) {
    const note = [' Comments of what is no longer there:', ...lost].join('\n');
    document.comment = document.comment ? `${document.comment}\n${note}` : note;
  }
  let result: string;
  try {
    result = document.toString({
      lineWidth: 0,
      indent: step,
      indentSeq: dash > 0,
      flowCollectionPadding: /[{[] /.test(text),
    });
  } catch {
    return undefined;
  }
  const meant = new TextDocument(result).value();
  if (!isDeepStrictEqual(meant, root)) return undefined;
  return eol === '\r\n' ? result.replaceAll('\n', '\r\n') : result;
}

const LEADING = new Set(['name', 'imageName', 'labelSelector', 'namespace', 'containerName']);

class Rebuild {
  readonly #source: TextDocument;
  readonly #written: unknown;
  readonly #root: unknown;
  readonly #origins: Origins;
  /** Maps whose first comment has found its place. */
  readonly #claimed = new Set<Node>();

  constructor(source: TextDocument, written: unknown, root: unknown, origins: Origins) {
    this.#source = source;
    this.#written = written;
    this.#root = root;
    this.#origins = origins;
  }

  /** The node for `value`, which is at `path` of the new tree. */
  node(path: Path, value: unknown): Node {
    const old = this.#old(path, value);
    const origin = this.#origins.originOf(this.#root, path);
    if (old && isDeepStrictEqual(valueAt(this.#written, origin), value)) return copyOf(old);
    if (typeof value !== 'object' || value === null) {
      const made = new Scalar(value);
      // `version: v1beta2 # comment` keeps its comment.
      const same = this.#source.at(origin);
      if (isScalar(same) && isDeepStrictEqual(origin, path)) keepComments(same, made);
      return made;
    }
    if (Array.isArray(value)) {
      const list = new YAMLSeq();
      if (isCollection(old)) keepNotation(old, list);
      else {
        // What devspace made of one line stays one.
        list.flow = value.length > 0 && value.every((item) => typeof item !== 'object');
        this.#keepFirstComment(origin, list);
      }
      list.items = value.map((item: unknown, index) => this.#item([...path, index], item));
      return list;
    }
    const map = new YAMLMap();
    if (isCollection(old)) keepNotation(old, map);
    map.items = this.#pairs(path, value);
    return map;
  }

  /** In a map that becomes a list, what stands in front of the first key is the map's. */
  #keepFirstComment(origin: Path, list: YAMLSeq): void {
    const was = this.#source.at(origin);
    if (!isMap(was) || this.#claimed.has(was)) return;
    this.#claimed.add(was);
    keepComments(was, list);
  }

  /** An entry that was a key with its value keeps the comment in front of the key. */
  #item(path: Path, value: unknown): Node {
    const node = this.node(path, value);
    const key = this.#pair(this.#origins.originOf(this.#root, path))?.key;
    if (isNode(key)) node.commentBefore ??= key.commentBefore;
    return node;
  }

  #pairs(path: Path, map: object): Pair<Node, Node>[] {
    const above = this.#origins.originOf(this.#root, path);
    const isMadeMap = this.#origins.isMade(map);
    const pairs = Object.entries(map).map(([key, item]: [string, unknown]) => {
      const at = [...path, key];
      const origin = this.#origins.originOf(this.#root, at);
      // A section stays in its place, whatever it is made of.
      const old = this.#pair(path.length === 0 && this.#pair([key]) ? [key] : origin);
      const isKept =
        old !== undefined &&
        (path.length === 0 || this.#old(at, item) !== undefined || origin.at(-1) === key);
      const name = isKept ? (copyOf(old.key as Node) as Scalar) : new Scalar<unknown>(key);
      if (name.value !== key) name.value = key;
      return {
        pair: new Pair<Node, Node>(name, this.node(at, item)),
        offset: this.#placeOf(key, origin, above, isMadeMap),
      };
    });
    return pairs.toSorted((a, b) => a.offset - b.offset).map(({ pair }) => pair);
  }

  /** What names something comes in front; in a map that is written, what is only made comes behind the others. */
  #placeOf(key: string, origin: Path, above: Path, isMadeMap: boolean): number {
    const isOwn = origin.length === above.length + 1 && startsWith(origin, above) && origin.at(-1) === key;
    if (!isOwn && LEADING.has(key)) return -1;
    if (isMadeMap) return this.#offset(origin);
    return startsWith(above, origin) || (!isOwn && origin[0] === 'version') ? Infinity : this.#offset(origin);
  }

  /** What `value` was written as; undefined for what devspace made. */
  #old(path: Path, value: unknown): Node | undefined {
    const origin = this.#origins.originOf(this.#root, path);
    const node = this.#source.at(origin) ?? undefined;
    const was = valueAt(this.#written, origin);
    if (typeof value !== 'object' || value === null) return was === value ? node : undefined;
    return this.#origins.isMade(value) || typeof was !== 'object' ? undefined : node;
  }

  #pair(path: Path): Pair | undefined {
    const parent = this.#source.at(path.slice(0, -1));
    return isMap(parent) ? parent.items.find((pair) => keyText(pair) === path.at(-1)) : undefined;
  }

  /** Where the nearest thing that is written stands. */
  #offset(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const key = this.#pair(path.slice(0, length))?.key;
      const range = isNode(key) ? key.range : this.#source.at(path.slice(0, length))?.range;
      if (range) return range[0];
    }
    return 0;
  }
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((part, index) => part === path[index]);
}

function copyOf(node: Node): Node {
  return isAlias(node) ? node : (node.clone() as Node);
}

function keepNotation(from: Node, to: YAMLMap | YAMLSeq): void {
  if (isCollection(from) && from.flow) to.flow = true;
  keepComments(from, to);
}

function keepComments(from: Node, to: Node): void {
  to.commentBefore = from.commentBefore ?? null;
  to.comment = from.comment ?? null;
  if (from.spaceBefore) to.spaceBefore = true;
}

/** Every line of every comment. */
function commentsOf(document: Document): string[] {
  const found: string[] = [];
  const add = (comment: string | null | undefined): void => {
    for (const line of comment?.split('\n') ?? []) if (line.trim() !== '') found.push(line);
  };
  add(document.commentBefore);
  add(document.comment);
  visit(document, (_key, node) => {
    if (isPair(node) || !isNode(node)) return;
    add(node.commentBefore);
    add(node.comment);
  });
  return found;
}
