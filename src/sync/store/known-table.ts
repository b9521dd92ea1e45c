import type { Ancestor, Known, Side } from '../core/entry.js';
import type { Reader, Writer } from '../wire/values.js';
import { ByteColumn, Column } from './column.js';
import type { PathTable } from './path-table.js';
import { StampColumn } from './stamps.js';
import type { TreeTable } from './tree-table.js';

const kinds = ['file', 'directory', 'symlink'] as const;
const hashBytes = 32;

/** An {@link Ancestor} in columns: about 80 bytes a path, beside the path itself. What `get` gives is a copy. */
export class KnownTable implements Ancestor {
  readonly #paths: PathTable;
  readonly #bit: number;
  readonly #kind = new Column(Uint8Array);
  readonly #size = new Column(Float64Array);
  readonly #localMode = new Column(Uint16Array);
  readonly #remoteMode = new Column(Uint16Array);
  readonly #hash = new ByteColumn(hashBytes);
  readonly #localStamp = new StampColumn();
  readonly #remoteStamp = new StampColumn();
  readonly #targets = new Map<number, string>();
  #count = 0;

  constructor(paths: PathTable) {
    this.#paths = paths;
    this.#bit = paths.join();
  }

  get size(): number {
    return this.#count;
  }

  get(path: string): Known | undefined {
    const row = this.#paths.find(path, this.#bit);
    return row === undefined ? undefined : this.#read(row);
  }

  set(path: string, known: Known): this {
    if (this.#paths.find(path, this.#bit) === undefined) this.#count++;
    const row = this.#paths.hold(path, this.#bit);
    this.#kind.set(row, kinds.indexOf(known.kind));
    this.#size.set(row, known.size);
    this.#localMode.set(row, known.localMode);
    this.#remoteMode.set(row, known.remoteMode);
    this.#localStamp.set(row, known.localStamp);
    this.#remoteStamp.set(row, known.remoteStamp);
    this.#targets.delete(row);
    if (known.kind === 'file') this.#hash.set(row, known.hash);
    if (known.kind === 'symlink') this.#targets.set(row, known.target);
    return this;
  }

  /** What `readRow` takes in, without the path. Stamps and hashes go as they lie there: there may be a million. */
  writeRow(row: number, to: Writer): void {
    const kind = kinds[this.#kind.get(row)];
    to.u8(this.#kind.get(row) | (this.#localStamp.formOf(row) << 2) | (this.#remoteStamp.formOf(row) << 4));
    to.uint(this.#localMode.get(row)).uint(this.#remoteMode.get(row));
    this.#localStamp.write(row, to);
    this.#remoteStamp.write(row, to);
    if (kind === 'file') this.#hash.write(row, to.uint(this.#size.get(row)));
    if (kind === 'symlink') to.text(this.#targets.get(row) ?? '');
  }

  /** Takes in a path that was not there, as `writeRow` wrote it. */
  readRow(path: string, from: Reader): void {
    const forms = from.uintUpTo(0x3f, 'the forms');
    const kind = kinds[forms & 3];
    const row = this.#paths.hold(path, this.#bit);
    this.#count++;
    this.#kind.set(row, forms & 3);
    this.#localMode.set(row, from.mode());
    this.#remoteMode.set(row, from.mode());
    this.#localStamp.read(row, (forms >> 2) & 3, from);
    this.#remoteStamp.read(row, forms >> 4, from);
    this.#size.set(row, kind === 'file' ? from.uint() : 0);
    if (kind === 'file') this.#hash.read(row, from);
    if (kind === 'symlink') this.#targets.set(row, from.text());
  }

  /** Of what this side had, nothing has a meaning any more. */
  forgetSide(side: Side): void {
    const stamps = side === 'local' ? this.#localStamp : this.#remoteStamp;
    for (const [, row] of this.rows()) stamps.set(row, undefined);
  }

  /** Each path with its row. */
  rows(): Generator<[string, number], undefined> {
    return this.#paths.held(this.#bit);
  }

  delete(path: string): boolean {
    const row = this.#paths.find(path, this.#bit);
    if (row === undefined) return false;
    this.#targets.delete(row);
    this.#paths.release(path, row, this.#bit);
    this.#count--;
    return true;
  }

  /**
   * Whether both trees have what this row says, by kinds, stamps and modes alone; false when not sure. `row` is one of the paths the three tables
   * share.
   */
  agrees(row: number, local: TreeTable, remote: TreeTable): boolean {
    if (!this.#paths.isHeld(row, this.#bit)) return false;
    const kind = kinds[this.#kind.get(row)] as Known['kind'];
    return (
      local.has(row, kind, this.#localStamp, this.#localMode) &&
      remote.has(row, kind, this.#remoteStamp, this.#remoteMode)
    );
  }

  *keys(): Generator<string, undefined> {
    for (const [path] of this.#paths.held(this.#bit)) yield path;
  }

  *values(): Generator<Known, undefined> {
    for (const [, row] of this.#paths.held(this.#bit)) yield this.#read(row);
  }

  *[Symbol.iterator](): Generator<[string, Known], undefined> {
    for (const [path, row] of this.#paths.held(this.#bit)) yield [path, this.#read(row)];
  }

  #read(row: number): Known {
    const kind = kinds[this.#kind.get(row)] as Known['kind'];
    return {
      kind,
      size: this.#size.get(row),
      hash: kind === 'file' ? this.#hash.get(row) : '',
      target: kind === 'symlink' ? (this.#targets.get(row) ?? '') : '',
      localStamp: this.#localStamp.get(row),
      remoteStamp: this.#remoteStamp.get(row),
      localMode: this.#localMode.get(row),
      remoteMode: this.#remoteMode.get(row),
    };
  }
}
