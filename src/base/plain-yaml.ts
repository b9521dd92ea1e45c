import { keyValue, quotedValue, scalarValue } from './plain-scalar.js';

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
 * Reads YAML as people write it nearly always: maps and lists in lines, texts of one line with or without quotes, `[a, b]` and `{a: b}` in one line,
 * and `|`. It means exactly what YAML 1.2 says, many times as fast as a parser that knows everything. For all else, also for all that is
 * wrong, the result is undefined: then ask that parser.
 */
export function readPlainYaml(text: string): PlainYaml | undefined {
  if (UNUSUAL.test(text)) return undefined;
  try {
    const reader = new Reader(text);
    return { value: reader.document(), places: reader.places };
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

/** Thrown at the first thing that is for another parser. */
class Unusual extends Error {}

/** Tabs, other control characters, line breaks of other kinds, and a BOM. */
// oxlint-disable-next-line no-control-regex
const UNUSUAL = /[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/;

// All are tried at one place of the text; `$` is the end of a line.
const BLANK_LINE = / *(?:#.*)?\r?\n/my;
const BLANKS = / */y;
const KEY = /([A-Za-z_$][\w$./-]{0,99}|"[\w$./ -]{0,99}"|'[\w$./ -]{0,99}'):(?: +|\r?$)/my;
const DASH = /-(?: +|\r?$)/my;
const EMPTY_REST = /\r?$|#/my;
const REST = / *(?: #.*)?\r?$/my;
const LITERAL = /\|(-?)(?: +#.*| *)$/my;
const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\["\\/bfnrt])*"/y;
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y;
/** How a text without quotes may start. */
const TEXT_START = /^(?:[\w./$~(<^=+\\;\u00a1-\uffff]|-[^ ])/;
const FLOW_TEXT = /(?:[\w./$~=]|-[\w.-])(?:[\w./$~=@+-]|:(?=\w)| (?=\w))*(?=[ ,\]}])/y;
const FLOW_KEY = /([A-Za-z_$][\w$./-]{0,99}): +/y;

const MOST_NESTED = 60;

class Reader {
  readonly places = new Map<object, number[]>();
  readonly #text: string;
  /** Offset of the next thing to read, and of the end of its line. */
  #at = 0;
  #lineEnd = 0;
  /** The column where its block stands; -1 at the end of the text. */
  #column = 0;
  /** Offset behind the last value. */
  #end = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): object {
    this.#goToLine(0);
    const start = this.#column;
    const value = start === 0 ? this.#block() : undefined;
    // Something may be left that is no part of it.
    if (value === undefined || this.#column !== -1) throw new Unusual();
    return value;
  }

  /** Goes to the first line from `offset`, the start of one, that has more than a comment. */
  #goToLine(offset: number): void {
    const text = this.#text;
    let start = Math.min(offset, text.length);
    for (BLANK_LINE.lastIndex = start; BLANK_LINE.test(text);) start = BLANK_LINE.lastIndex;
    BLANKS.lastIndex = start;
    this.#column = BLANKS.exec(text)?.[0].length ?? 0;
    this.#at = start + this.#column;
    const end = text.indexOf('\n', this.#at);
    this.#lineEnd = end === -1 ? text.length : end;
    if (this.#has(EMPTY_REST)) this.#column = -1;
  }

  /** The map or list whose first key or dash is next; goes to the line behind it. */
  #block(): object {
    if (++this.#depth > MOST_NESTED) throw new Unusual();
    const column = this.#column;
    const value = this.#has(DASH) ? this.#list(column) : this.#map(column);
    if (this.#column > column) throw new Unusual();
    this.#depth -= 1;
    return value;
  }

  #map(column: number): object {
    const map: Record<string, unknown> = {};
    const places = this.#placesOf(map);
    while (this.#column === column) {
      const start = this.#at;
      const written = this.#take(KEY)[1] ?? '';
      const key = keyValue(written);
      if (key === undefined || Object.hasOwn(map, key)) throw new Unusual();
      this.#end = start + written.length;
      places.push(start, this.#end);
      let valueStart = this.#at;
      if (this.#has(EMPTY_REST)) {
        this.#goToLine(this.#lineEnd + 1);
        if (this.#column > column || (this.#column === column && this.#has(DASH))) {
          valueStart = this.#at;
          map[key] = this.#block();
        } else {
          map[key] = null;
          valueStart = -1;
        }
      } else map[key] = this.#inLine(column);
      places.push(valueStart, valueStart === -1 ? -1 : this.#end);
    }
    return map;
  }

  #list(column: number): unknown[] {
    const list: unknown[] = [];
    const places = this.#placesOf(list);
    while (this.#column === column && this.#has(DASH)) {
      const dash = this.#at;
      this.#take(DASH);
      let start = this.#at;
      if (this.#has(EMPTY_REST)) {
        this.#goToLine(this.#lineEnd + 1);
        if (this.#column <= column) throw new Unusual();
        start = this.#at;
        list.push(this.#block());
      } else if (this.#has(DASH) || this.#has(KEY)) {
        this.#column = column + start - dash;
        list.push(this.#block());
      } else list.push(this.#inLine(column));
      places.push(start, this.#end, start, this.#end);
    }
    return list;
  }

  /** The value in the rest of a line of the block at `column`; goes to the next line. */
  #inLine(column: number): unknown {
    const first = this.#text[this.#at] ?? '';
    if (first === '|') return this.#literal(column);
    let value: unknown;
    if ('[{'.includes(first)) value = this.#flow();
    else if (`"'`.includes(first)) value = this.#quoted();
    else value = this.#plain();
    this.#end = this.#at;
    if (!this.#has(REST)) throw new Unusual();
    this.#goToLine(this.#lineEnd + 1);
    // A text may go on in lines further right.
    if (this.#column > column) throw new Unusual();
    return value;
  }

  #plain(): unknown {
    let written = this.#text.slice(this.#at, this.#lineEnd);
    const comment = written.indexOf(' #');
    if (comment !== -1) written = written.slice(0, comment);
    written = written.replace(/[ \r]+$/, '');
    if (!TEXT_START.test(written) || written.endsWith(':') || written.includes(': ')) throw new Unusual();
    this.#at += written.length;
    return known(scalarValue(written));
  }

  #quoted(): string {
    return quotedValue(this.#take(this.#text[this.#at] === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED)[0]);
  }

  /** `[a, b]` or `{a: b}` */
  #flow(): object {
    if (++this.#depth > MOST_NESTED) throw new Unusual();
    const isMap = this.#text[this.#at++] === '{';
    const holder: unknown[] | Record<string, unknown> = isMap ? {} : [];
    const places = this.#placesOf(holder);
    for (;;) {
      this.#take(BLANKS);
      if (this.#text[this.#at] === (isMap ? '}' : ']')) break;
      if (places.length > 0) {
        if (this.#text[this.#at++] !== ',') throw new Unusual();
        this.#take(BLANKS);
      }
      const start = this.#at;
      if (Array.isArray(holder)) {
        holder.push(this.#flowValue());
        places.push(start, this.#at, start, this.#at);
        continue;
      }
      const written = this.#take(FLOW_KEY)[1] ?? '';
      const key = known(keyValue(written));
      if (Object.hasOwn(holder, key)) throw new Unusual();
      const valueStart = this.#at;
      holder[key] = this.#flowValue();
      places.push(start, start + written.length, valueStart, this.#at);
    }
    this.#at += 1;
    this.#depth -= 1;
    return holder;
  }

  #flowValue(): unknown {
    const first = this.#text[this.#at] ?? '';
    if ('[{'.includes(first)) return this.#flow();
    return `"'`.includes(first) ? this.#quoted() : known(scalarValue(this.#take(FLOW_TEXT)[0]));
  }

  /** The lines below `|`, without their indentation. */
  #literal(column: number): string {
    const text = this.#text;
    const strip = this.#take(LITERAL)[1];
    let end = this.#lineEnd + 1;
    BLANKS.lastIndex = end;
    const margin = BLANKS.exec(text)?.[0] ?? '';
    const lines: string[] = [];
    for (let start = end; margin.length > column && start < text.length; start = end) {
      const stop = text.indexOf('\n', start);
      const line = stop === -1 ? undefined : text.slice(start, stop);
      // What the end of the text ends, or has line breaks of its own, is for others.
      if (line === undefined || line.endsWith('\r')) throw new Unusual();
      if (!line.startsWith(margin) && !/^ *$/.test(line)) break;
      lines.push(line.slice(margin.length));
      end = stop + 1;
    }
    while (lines.at(-1) === '') lines.pop();
    if (lines.length === 0 || lines[0] === '' || lines.at(-1)?.endsWith(' ')) throw new Unusual();
    this.#end = end;
    this.#goToLine(end);
    if (this.#column > column) throw new Unusual();
    return `${lines.join('\n')}${strip === '-' ? '' : '\n'}`;
  }

  #placesOf(holder: object): number[] {
    const places: number[] = [];
    this.places.set(holder, places);
    return places;
  }

  #has(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  /** Reads what `pattern` describes. */
  #take(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) throw new Unusual();
    this.#at = pattern.lastIndex;
    return found;
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Unusual();
  return value;
}
