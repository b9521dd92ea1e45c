import { CORE_SCHEMA, load, YAMLException, type EventType, type State } from 'js-yaml';

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
 * Reads YAML as people write it nearly always, with the parser that is fast, js-yaml. For all that it might take for something else than YAML 1.2
 * does (tags, anchors, merge keys, unusual numbers), or cannot give a place to, also for all that is wrong, the result is undefined: then ask
 * the parser that knows all of it and says where and why.
 */
export function readPlainYaml(text: string): PlainYaml | undefined {
  if (UNUSUAL.test(text)) return undefined;
  const reader = new Places(text);
  try {
    const value: unknown = load(text, { schema: CORE_SCHEMA, listener: reader.listener });
    return typeof value === 'object' && value !== null ? { value, places: reader.places } : undefined;
  } catch (error) {
    // RangeError: nested too deeply for it.
    if ([Unusual, YAMLException, RangeError].some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}

/** Thrown at the first thing that is for the other parser. */
class Unusual extends Error {}

/** Tabs, other control characters, line breaks of other kinds, a BOM, directives, and what js-yaml takes for the start of a document. */
const UNUSUAL =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)|^%|^---[^\r\n]|[[{,]#/m;
const BEFORE_VALUE = /(?:[ \r\n]|#[^\n]*)*/y;
/** A number in one of its many notations; that which all readers take for the same. */
const NUMBERISH = /^[-+]?(?:\d[\d_.eE+-]*|0[xob][\da-fA-F_]*|\.\d[\d_eE+-]*|\.(?:inf|nan))$/i;
const NULL = /~|null/iy;
const BLOCK_TEXT = /^[|>]-?(?: +#.*| *)\r?\n/;
const DECIMAL = /^(?:0|-?[1-9]\d{0,14})(?:\.\d{1,15})?$/;

/** Merges, what objects treat in a way of their own, and numbers, which they have in front of their other keys. */
const UNUSUAL_KEY = /^(?:<<|__proto__|\d.*)$/;
/** YAML's own limit is 1024; js-yaml has none. */
const LONGEST_KEY = 1000;

/** Something written. */
interface Written {
  readonly start: number;
  readonly end: number;
  /** js-yaml's kind of it; null when nothing is written. */
  readonly kind: string | null;
  readonly result: unknown;
}

/** Listens to js-yaml, which tells when it starts and when it ends to read something, and what it was. */
class Places {
  readonly places = new Map<object, number[]>();
  readonly #text: string;
  /** What is being read: where that starts, and what was read in it. */
  readonly #open: { readonly start: number; readonly parts: Written[] }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  listener = (event: EventType, { anchor, kind, position, result }: Heard): void => {
    if (event === 'open') {
      this.#open.push({ start: position, parts: [] });
      return;
    }
    const { start: before = 0, parts = [] } = this.#open.pop() ?? {};
    BEFORE_VALUE.lastIndex = before;
    BEFORE_VALUE.test(this.#text);
    const start = BEFORE_VALUE.lastIndex;
    if (anchor !== null || '!&'.includes(this.#text[start] ?? ' ')) throw new Unusual();
    const written = this.#written(start, position, kind, result, parts);
    this.#open.at(-1)?.parts.push(written);
  };

  #written(start: number, position: number, kind: string | null, result: unknown, parts: Written[]): Written {
    // What might have been the key of a map, and is none: told once as such, and again as what it is.
    const same = parts.length === 1 && kind !== 'mapping' ? parts[0] : undefined;
    if (same && same.kind === kind && same.result === result) return same;
    const isScalar = typeof result !== 'object' || result === null;
    NULL.lastIndex = start;
    // Behind what was read stands what comes next, which may begin like a null: `nullable: 1`.
    if (result === null && (start >= position || !NULL.test(this.#text)))
      return { start: -1, end: -1, kind, result };
    const end = isScalar || '[{'.includes(this.#text[start] ?? '') ? this.#trimmed(position) : endOf(parts);
    // js-yaml takes that for a comment.
    if (this.#text[end] === '#') throw new Unusual();
    if (isScalar) this.#check(start, end);
    else
      this.places.set(result, Array.isArray(result) ? itemPlaces(parts, result) : entryPlaces(parts, result));
    return { start, end, kind, result };
  }

  #trimmed(end: number): number {
    let at = end;
    while (at > 0 && ' \r\n'.includes(this.#text[at - 1] ?? '')) at -= 1;
    return at;
  }

  /** Numbers that YAML 1.1 writes otherwise, or that lose digits; texts of several lines, unless they are in a block of their own. */
  #check(start: number, end: number): void {
    const first = this.#text[start] ?? '';
    const text = this.#text.slice(start, end);
    const isUnusual = '|>'.includes(first)
      ? !BLOCK_TEXT.test(text)
      : text.includes('\n') || (NUMBERISH.test(text) && !DECIMAL.test(text));
    if (isUnusual) throw new Unusual();
  }
}

type Heard = Pick<State, 'kind' | 'position' | 'result'> & { readonly anchor?: unknown };

function endOf(parts: readonly Written[]): number {
  return parts.findLast(({ start }) => start !== -1)?.end ?? -1;
}

function itemPlaces(parts: readonly Written[], list: readonly unknown[]): number[] {
  if (parts.length !== list.length || parts.some(({ start }) => start === -1)) throw new Unusual();
  const places: number[] = [];
  for (const { start, end } of parts) places.push(start, end, start, end);
  return places;
}

/** Keys and values by turns. */
function entryPlaces(parts: readonly Written[], map: object): number[] {
  if (parts.length !== 2 * Object.keys(map).length) throw new Unusual();
  const places: number[] = [];
  let isKey = true;
  for (const { start, end, result } of parts) {
    if (isKey && (typeof result !== 'string' || end - start > LONGEST_KEY || UNUSUAL_KEY.test(result)))
      throw new Unusual();
    places.push(start, end);
    isKey = !isKey;
  }
  return places;
}
