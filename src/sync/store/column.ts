import type { Reader, Writer } from '../wire/values.js';

const chunkBits = 14;
const chunkLength = 2 ** chunkBits;
const within = chunkLength - 1;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A list of numbers that grows in pieces, so that growing neither copies nor doubles. What was never set is 0. */
export class Column<T extends Numbers> {
  readonly #make: new (length: number) => T;
  readonly #chunks: T[] = [];

  constructor(make: new (length: number) => T) {
    this.#make = make;
  }

  get(row: number): number {
    return this.#chunks[row >>> chunkBits]?.[row & within] ?? 0;
  }

  set(row: number, value: number): void {
    const index = row >>> chunkBits;
    while (this.#chunks.length <= index) this.#chunks.push(new this.#make(chunkLength));
    (this.#chunks[index] as T)[row & within] = value;
  }
}

/** The same for byte strings of one length, a multiple of four, given and taken as hex. */
export class ByteColumn {
  readonly #width: number;
  readonly #chunks: Buffer[] = [];
  /** The same bytes, to be compared four at a time. */
  readonly #words: Uint32Array[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  get(row: number): string {
    const start = (row & within) * this.#width;
    return this.#chunk(row).toString('hex', start, start + this.#width);
  }

  set(row: number, hex: string): void {
    this.#chunk(row).write(hex, (row & within) * this.#width, 'hex');
  }

  /** Writes the bytes of a row as they are. */
  write(row: number, to: Writer): void {
    const start = (row & within) * this.#width;
    to.part(this.#chunk(row), start, start + this.#width);
  }

  /** Takes over what `write` wrote. */
  read(row: number, from: Reader): void {
    from.into(this.#chunk(row), (row & within) * this.#width, this.#width);
  }

  /** Whether a row was set in both, to the same. */
  equals(row: number, other: ByteColumn): boolean {
    const words = this.#width >> 2;
    const start = (row & within) * words;
    const mine = this.#words[row >>> chunkBits];
    const theirs = other.#words[row >>> chunkBits];
    if (mine === undefined || theirs === undefined) return false;
    for (let at = start; at < start + words; at++) if (mine[at] !== theirs[at]) return false;
    return true;
  }

  #chunk(row: number): Buffer {
    const index = row >>> chunkBits;
    while (this.#chunks.length <= index) {
      const words = new Uint32Array((chunkLength * this.#width) >> 2);
      this.#words.push(words);
      this.#chunks.push(Buffer.from(words.buffer));
    }
    return this.#chunks[index] as Buffer;
  }
}
