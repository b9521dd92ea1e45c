import type { Reader, Writer } from '../wire/values.js';
import { ByteColumn, Column } from './column.js';

/** `absent` is undefined, `empty` is `''`. */
const form = { absent: 0, empty: 1, bytes: 2 } as const;
const stampBytes = 8;

/** Stamps in columns. A stamp is 8 bytes in hex, `''` or undefined. */
export class StampColumn {
  readonly #form = new Column(Uint8Array);
  readonly #bytes = new ByteColumn(stampBytes);

  get(row: number): string | undefined {
    const is = this.#form.get(row);
    if (is === form.absent) return undefined;
    return is === form.empty ? '' : this.#bytes.get(row);
  }

  set(row: number, stamp: string | undefined): void {
    if (stamp) {
      this.#form.set(row, form.bytes);
      this.#bytes.set(row, stamp);
    } else {
      this.#form.set(row, stamp === undefined ? form.absent : form.empty);
    }
  }

  /** Which form a stamp has, below 4: what `write` writes does not tell. */
  formOf(row: number): number {
    return this.#form.get(row);
  }

  write(row: number, to: Writer): void {
    if (this.#form.get(row) === form.bytes) this.#bytes.write(row, to);
  }

  /** Takes over what `write` wrote of a stamp of this form. */
  read(row: number, is: number, from: Reader): void {
    this.#form.set(row, is);
    if (is === form.bytes) this.#bytes.read(row, from);
  }

  /** Whether both have a stamp that says something, and the same. */
  equals(row: number, other: StampColumn): boolean {
    if (this.#form.get(row) !== form.bytes || other.#form.get(row) !== form.bytes) return false;
    return this.#bytes.equals(row, other.#bytes);
  }
}
