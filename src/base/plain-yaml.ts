import { blockText } from './plain-block-text.js';
import { plainScalar, quotedScalar, Unusual } from './plain-scalar.js';

/** What {@link readPlainYaml} found. */
export interface PlainYaml {
  /** A tree of objects, lists, texts, numbers, booleans and null; no key is a number or `__proto__`. */
  readonly value: object;
  /**
   * Of each object and list, four offsets for each entry, in their order: start and end of the key (in a list: of the item), start and end of the
   * value. A value that is not written has -1; the end of one of several lines is somewhere in its last.
   */
  readonly places: ReadonlyMap<object, readonly number[]>;
}

/**
 * Reads YAML as people write it nearly always, line by line, in a fifth of the time that a whole parser needs in a process that has just started. Of all else
 * (tags, anchors, merge keys, unusual numbers, texts and brackets over several lines), also of all that is wrong, the result is undefined: then ask the parser
 * that knows all of it and says where and why. Time and memory grow with the length of `text`.
 */
export function readPlainYaml(text: string): PlainYaml | undefined {
  if (UNUSUAL.test(text)) return undefined;
  const reader = new Lines(text);
  try {
    const value = reader.document();
    return { value, places: reader.places };
  } catch (error) {
    // RangeError: nested too deeply.
    if (error instanceof Unusual || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Tabs, other control characters, line breaks of other kinds, a BOM, directives, and starts of documents. */
const UNUSUAL =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)|^%|^---/m;
/** Words without blanks; others, and those that start like a number, are seldom keys. */
const KEY = /[A-Za-z_$/][\w$./@-]*(?=:(?:[ \r\n]|$))/y;
const QUOTED_KEY_END = /:(?=[ \r\n]|$)/y;
/** What is no text when it is a value, merges, what objects treat in a way of their own, and numbers, which they have in front of their other keys. */
const UNUSUAL_KEY = /^(?:null|true|false|__proto__|<<|\d.*|)$/i;
/** YAML's own limit is 1024. */
const LONGEST_KEY = 1000;
const DASH = /-(?=[ \r\n]|$)/y;
const BLANKS = / */y;
/** The end of a line, with a comment. */
const LINE_END = / *(?: #[^\n]*)?(?:\r?\n|$)/y;
/** Lines with nothing, or a comment alone, and the indentation of the one behind them. */
const NOTHING = /(?: *(?:#[^\n]*|\r)?\n)* */y;
const PLAIN_START = /[^,[\]{}#&*!|>'"%@`?:\- ]|[-?:](?=[^ \r\n])/y;
const FLOW_PLAIN =
  /(?:[^ \r\n,[\]{}#&*!|>'"%@`?:-]|-(?=[^ \r\n,[\]{}]))(?:[^\r\n,[\]{}:#]|:(?=[^ \r\n,[\]{}])|(?<=[^ ])#)*/y;

/** A value, and where it is written. */
interface Written {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** Stands at the start of what is to be read next; `#column` is that of the first character of a line, and of what stands behind a dash. */
class Lines {
  readonly places = new Map<object, number[]>();
  readonly #text: string;
  #at = 0;
  /** -1 at the end of the text. */
  #column = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): object {
    this.#nextLine(0);
    const isFlow = '[{'.includes(this.#text[this.#at] ?? ' ');
    const { value } = isFlow ? this.#inline(-1) : this.#block(this.#column);
    if (this.#column !== -1) throw new Unusual();
    return value as object;
  }

  /** A map or a list whose first line is the current one. */
  #block(column: number): Written {
    const { places } = this;
    const start = this.#at;
    const isList = this.#is(DASH);
    const value: unknown[] | Record<string, unknown> = isList ? [] : {};
    const own: number[] = [];
    let end = start;
    while (this.#column === column && this.#is(DASH) === isList) {
      if (Array.isArray(value)) {
        this.#at += 1;
        const item = this.#item(column);
        value.push(item.value);
        own.push(item.start, item.end, item.start, item.end);
        ({ end } = item);
      } else {
        const from = this.#at;
        const key = this.#key();
        if (Object.hasOwn(value, key)) throw new Unusual();
        const to = this.#at;
        this.#at += 1;
        const entry = this.#valueOf(column);
        value[key] = entry.value;
        own.push(from, to, entry.start, entry.end);
        end = entry.start === -1 ? to : entry.end;
      }
    }
    if (own.length === 0 || this.#column > column) throw new Unusual();
    places.set(value, own);
    return { value, start, end };
  }

  #key(): string {
    const start = this.#at;
    const first = this.#text[start] ?? '';
    let key: string;
    if (first === '"' || first === "'") {
      const quoted = quotedScalar(this.#text, start);
      key = quoted.value;
      this.#at = quoted.end;
      if (!this.#is(QUOTED_KEY_END)) throw new Unusual();
    } else {
      if (!this.#is(KEY)) throw new Unusual();
      this.#at = KEY.lastIndex;
      key = this.#text.slice(start, this.#at);
    }
    if (this.#at - start > LONGEST_KEY || UNUSUAL_KEY.test(key)) throw new Unusual();
    return key;
  }

  /** What stands behind a key and its colon, in this line or below it. */
  #valueOf(column: number): Written {
    if (!this.#is(LINE_END)) return this.#inline(column);
    this.#nextLine(LINE_END.lastIndex);
    const isBelow = this.#column > column || (this.#column === column && this.#is(DASH));
    return isBelow ? this.#block(this.#column) : { value: null, start: -1, end: -1 };
  }

  /** What stands behind a dash: also a map or a list that begins in the same line. */
  #item(column: number): Written {
    if (this.#is(LINE_END)) {
      this.#nextLine(LINE_END.lastIndex);
      // An empty item is written nowhere.
      if (this.#column <= column) throw new Unusual();
      return this.#block(this.#column);
    }
    const from = this.#at;
    this.#skipBlanks();
    const inner = column + 1 + this.#at - from;
    if (this.#is(DASH) || this.#startsMap()) {
      this.#column = inner;
      return this.#block(inner);
    }
    return this.#inline(column);
  }

  #startsMap(): boolean {
    const first = this.#text[this.#at] ?? '';
    if (first !== '"' && first !== "'") return this.#is(KEY);
    QUOTED_KEY_END.lastIndex = quotedScalar(this.#text, this.#at).end;
    return QUOTED_KEY_END.test(this.#text);
  }

  /** A value that ends in its line, or a block of text; the next line is none of it. */
  #inline(column: number): Written {
    this.#skipBlanks();
    const first = this.#text[this.#at] ?? '';
    if (first === '|') return this.#blockText(column);
    const written = '[{'.includes(first)
      ? this.#flow()
      : first === '"' || first === "'"
        ? this.#quoted()
        : this.#plain();
    this.#at = written.end;
    if (!this.#is(LINE_END)) throw new Unusual();
    this.#nextLine(LINE_END.lastIndex);
    // It would go on there.
    if (this.#column > column) throw new Unusual();
    return written;
  }

  #quoted(): Written {
    const start = this.#at;
    return { start, ...quotedScalar(this.#text, start) };
  }

  #plain(): Written {
    if (!this.#is(PLAIN_START)) throw new Unusual();
    const start = this.#at;
    const lineEnd = this.#text.indexOf('\n', start);
    const line = this.#text.slice(start, lineEnd === -1 ? undefined : lineEnd);
    const comment = line.indexOf(' #');
    const text = (comment === -1 ? line : line.slice(0, comment)).replace(/[ \r]+$/, '');
    if (text.includes(': ') || text.endsWith(':')) throw new Unusual();
    return { value: plainScalar(text), start, end: start + text.length };
  }

  /** `[a, b]` or `{a: b}`, in one line. */
  #flow(): Written {
    const start = this.#at;
    const isList = this.#text[start] === '[';
    const close = isList ? ']' : '}';
    const value: unknown[] | Record<string, unknown> = isList ? [] : {};
    const own: number[] = [];
    this.#at += 1;
    this.#skipBlanks();
    while (this.#text[this.#at] !== close) {
      if (own.length > 0) {
        if (this.#text[this.#at] !== ',') throw new Unusual();
        this.#at += 1;
        this.#skipBlanks();
      }
      const from = this.#at;
      const key = isList ? '' : this.#key();
      const to = this.#at;
      if (!isList) {
        if (this.#text[to + 1] !== ' ') throw new Unusual();
        this.#at += 1;
        this.#skipBlanks();
      }
      const item = this.#flowItem();
      this.#at = item.end;
      this.#skipBlanks();
      if (Array.isArray(value)) {
        value.push(item.value);
        own.push(item.start, item.end, item.start, item.end);
      } else {
        if (Object.hasOwn(value, key)) throw new Unusual();
        value[key] = item.value;
        own.push(from, to, item.start, item.end);
      }
    }
    this.places.set(value, own);
    return { value, start, end: this.#at + 1 };
  }

  #flowItem(): Written {
    const start = this.#at;
    const first = this.#text[start] ?? '';
    if ('[{'.includes(first)) return this.#flow();
    if (first === '"' || first === "'") return this.#quoted();
    if (!this.#is(FLOW_PLAIN)) throw new Unusual();
    const text = this.#text.slice(start, FLOW_PLAIN.lastIndex).trimEnd();
    return { value: plainScalar(text), start, end: start + text.length };
  }

  #blockText(column: number): Written {
    const start = this.#at;
    const { end, next, value } = blockText(this.#text, start, column);
    this.#nextLine(next);
    if (this.#column > column) throw new Unusual();
    return { value, start, end };
  }

  /** Goes to the first line from `start` on that has something in it. */
  #nextLine(start: number): void {
    NOTHING.lastIndex = start;
    NOTHING.test(this.#text);
    this.#at = NOTHING.lastIndex;
    const rest = this.#text[this.#at];
    // A comment in the last line, without a line break.
    const isEnd = rest === undefined || rest === '#';
    this.#column = isEnd ? -1 : this.#at - (this.#text.lastIndexOf('\n', this.#at - 1) + 1);
  }

  #skipBlanks(): void {
    BLANKS.lastIndex = this.#at;
    BLANKS.test(this.#text);
    this.#at = BLANKS.lastIndex;
  }

  /** Whether it is what stands here. */
  #is(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }
}
