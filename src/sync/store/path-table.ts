import { Column } from './column.js';

/**
 * Numbers paths, so that several tables can keep what they know of a path in columns and the text is kept once. A path has a row as long as any
 * table holds it; a table takes part with a bit of its own.
 */
export class PathTable {
  readonly #rows = new Map<string, number>();
  readonly #holders = new Column(Uint8Array);
  readonly #free: number[] = [];
  #next = 0;
  /** Most questions about a path come right after another one about the same. */
  #last: string | undefined;
  #lastRow: number | undefined;
  #bits = 0;

  /** A bit for one more table; eight at most. */
  join(): number {
    return 1 << this.#bits++;
  }

  /** The row of a path that this table holds. */
  find(path: string, bit: number): number | undefined {
    const row = this.row(path);
    return row !== undefined && (this.#holders.get(row) & bit) !== 0 ? row : undefined;
  }

  /** The row of a path that any table holds. */
  row(path: string): number | undefined {
    if (path !== this.#last) {
      this.#last = path;
      this.#lastRow = this.#rows.get(path);
    }
    return this.#lastRow;
  }

  isHeld(row: number, bit: number): boolean {
    return (this.#holders.get(row) & bit) !== 0;
  }

  /** The row of the path, held from now on by this table. */
  hold(path: string, bit: number): number {
    let row = this.row(path);
    if (row === undefined) {
      row = this.#free.pop() ?? this.#next++;
      this.#rows.set(path, row);
      this.#lastRow = row;
    }
    this.#holders.set(row, this.#holders.get(row) | bit);
    return row;
  }

  release(path: string, row: number, bit: number): void {
    const holders = this.#holders.get(row) & ~bit;
    this.#holders.set(row, holders);
    if (holders !== 0) return;
    this.#rows.delete(path);
    this.#last = undefined;
    this.#free.push(row);
  }

  /** What the table holds, in the order in which paths were first held by any. What is added meanwhile may come, too. */
  *held(bit: number): Generator<[string, number], undefined> {
    for (const entry of this.#rows) if ((this.#holders.get(entry[1]) & bit) !== 0) yield entry;
  }

  /** Every path that any table holds, once, with its row. */
  rows(): MapIterator<[string, number]> {
    return this.#rows.entries();
  }
}
