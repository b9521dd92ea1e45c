import type { Ancestor, Known } from '../core/entry.js';
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
