import { isAlias, isCollection, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { keyText } from '../locate.js';
import type { Path } from '../path.js';
import type { Style } from './block-text.js';

/** A key with its value, or an item of a list. */
export interface Entry {
  /** The key; for a list the index. */
  readonly name: string | number;
  /** Of the key or the dash, or of the item itself between brackets. */
  readonly start: number;
  /** Behind the last character of its value, comments not counted. */
  readonly end: number;
  readonly value: Node | null;
}

/** A YAML text, with where the entries of its maps and lists stand. */
export class TextDocument {
  readonly text: string;
  readonly document: Document.Parsed;

  constructor(text: string) {
    this.text = text;
    this.document = parseDocument(text, {
      keepSourceTokens: true,
      merge: true,
      uniqueKeys: false,
      logLevel: 'error',
    });
  }

  /** Plain data; undefined when the text is no YAML. */
  value(): unknown {
    return this.document.errors.length > 0
      ? undefined
      : (this.document.toJS({ maxAliasCount: 1000 }) as unknown);
  }

  /** What is written at `path`; undefined when it is not there or reached through an alias or merge key only. */
  at(path: Path): Node | null | undefined {
    let node: Node | null = this.document.contents;
    for (const part of path) {
      if (!isCollection(node)) return undefined;
      const entry = this.entries(node).find(({ name }) => name === part);
      if (!entry) return undefined;
      node = entry.value;
    }
    return node;
  }

  /** The entries of a map or list, in their order. */
  entries(node: Node | null): Entry[] {
    if (isMap(node)) return node.items.map((pair, index) => this.#pair(node, pair, index));
    if (isSeq(node)) return node.items.map((item, index) => this.#item(node, item as Node | null, index));
    return [];
  }

  /** The column, from 0, of an offset. */
  column(offset: number): number {
    return offset - this.lineStart(offset);
  }

  lineStart(offset: number): number {
    return this.text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** Offset behind the line break of the line, or the end of the text. */
  lineEnd(offset: number): number {
    const end = this.text.indexOf('\n', offset);
    return end === -1 ? this.text.length : end + 1;
  }

  style(): Style {
    const found: { step?: number; dash?: number } = {};
    const walk = (node: Node | null): void => {
      const own = isBlock(node) ? this.#indent(node) : undefined;
      for (const { value } of this.entries(node)) {
        if (own !== undefined && isMap(node) && isBlock(value)) {
          if (isMap(value)) found.step ??= this.#indent(value) - own;
          else found.dash ??= this.#indent(value) - own;
        }
        if (found.step === undefined || found.dash === undefined) walk(value);
      }
    };
    walk(this.document.contents);
    const { step = 2, dash = step } = found;
    return { step, dash, eol: /^[^\n]*\r\n/.test(this.text) ? '\r\n' : '\n' };
  }

  #indent(node: YAMLMap | YAMLSeq): number {
    return this.column(this.entries(node)[0]?.start ?? 0);
  }

  #pair(map: YAMLMap, pair: Pair, index: number): Entry {
    const key = rangeStart(pair.key as Node | null) ?? 0;
    const before = sourceItem(map, index)?.start.find(({ type }) =>
      ['anchor', 'tag', 'explicit-key-ind'].includes(type),
    );
    const keyEnd = (pair.key as Node | null)?.range?.[1] ?? key;
    const value = pair.value as Node | null;
    return {
      name: keyText(pair) ?? '',
      start: before?.offset ?? key,
      end: this.#end(value, keyEnd + 1),
      value,
    };
  }

  #item(list: YAMLSeq, item: Node | null, index: number): Entry {
    const dash = sourceItem(list, index)?.start.find(({ type }) => type === 'seq-item-ind')?.offset;
    const start = dash ?? rangeStart(item) ?? 0;
    return { name: index, start, end: this.#end(item, dash === undefined ? start : dash + 1), value: item };
  }

  /** Behind what is written of `node`; `least` where nothing is. */
  #end(node: Node | null, least: number): number {
    const last = isBlock(node) ? this.entries(node).at(-1) : undefined;
    if (last) return last.end;
    const [start = 0, end = 0] = node?.range ?? [];
    if (end <= start) return least;
    // A block text reaches to behind its last line break.
    return isScalar(node) && this.text[end - 1] === '\n' ? end - (this.text[end - 2] === '\r' ? 2 : 1) : end;
  }
}

/** Written over lines with indentation, rather than between brackets. */
export function isBlock(node: Node | null | undefined): node is YAMLMap | YAMLSeq {
  return isCollection(node) && node.flow !== true && node.items.length > 0;
}

export function isReference(node: Node | null | undefined): boolean {
  return isAlias(node);
}

function rangeStart(node: Node | null): number | undefined {
  return node?.range?.[0];
}

interface SourceItem {
  readonly start: readonly { readonly type: string; readonly offset: number }[];
}

function sourceItem(node: YAMLMap | YAMLSeq, index: number): SourceItem | undefined {
  const token = node.srcToken;
  return token && 'items' in token ? token.items[index] : undefined;
}
