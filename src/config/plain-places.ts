import type { PlainYaml } from '../base/plain-yaml.js';
import type { Path } from './path.js';
import type { Located, Reading } from './reading.js';

/** Where the parts of a file stand that was read by readPlainYaml. */
export class PlainPlaces implements Reading {
  readonly value: object;
  readonly problems = [];
  readonly #text: string;
  readonly #places: PlainYaml['places'];
  readonly #slots = new Map<object, ReadonlyMap<string, number>>();

  constructor(text: string, { places, value }: PlainYaml) {
    this.value = value;
    this.#text = text;
    this.#places = places;
  }

  locate(path: Path): Located | undefined {
    let at: unknown = this.value;
    let found: Located | undefined;
    for (const part of path) {
      if (typeof at !== 'object' || at === null) break;
      const slot = Array.isArray(at) ? Number(part) : this.#slot(at, String(part));
      const [key, keyEnd, start = -1, end] = this.#places.get(at)?.slice(slot * 4, slot * 4 + 4) ?? [];
      if (key === undefined || keyEnd === undefined || end === undefined) break;
      at = (at as Record<string | number, unknown>)[part];
      const isScalar = typeof at !== 'object' || at === null;
      const isPlain = start !== -1 && isScalar && !`"'|>`.includes(this.#text[start] ?? '');
      found = {
        key: [key, keyEnd],
        value: start === -1 ? undefined : [start, end],
        plainText: isPlain ? this.#text.slice(start, end) : undefined,
      };
    }
    return found;
  }

  /** Which entry of `holder` the key is. */
  #slot(holder: object, key: string): number {
    let slots = this.#slots.get(holder);
    if (!slots)
      this.#slots.set(holder, (slots = new Map(Object.keys(holder).map((name, index) => [name, index]))));
    return slots.get(key) ?? -1;
  }
}
