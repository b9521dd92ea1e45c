import type { Entry } from '../core/entry.js';
import { parentOf, parentsOf } from '../core/path.js';
import type { Tree } from '../core/tree.js';
import { Column } from './column.js';
import type { PathTable } from './path-table.js';
import { StampColumn } from './stamps.js';

const kinds = ['file', 'directory', 'symlink', 'other', 'unreadable'] as const;

/** A {@link Tree} in columns: about 35 bytes a path, beside the path itself. What `get` gives is a copy. */
export class TreeTable implements Tree {
  readonly #paths: PathTable;
  readonly #bit: number;
  readonly #kind = new Column(Uint8Array);
  readonly #mode = new Column(Uint16Array);
  readonly #size = new Column(Float64Array);
  readonly #seconds = new Column(Float64Array);
  readonly #nanoseconds = new Column(Uint32Array);
  readonly #stamp = new StampColumn();
  /** Targets of symlinks, and why something cannot be synced. */
  readonly #texts = new Map<number, string>();
  readonly #children = new Map<string, number>();
  #count = 0;
  /** A path is mostly asked for several times in a row. */
  #lastRow = -1;
  #last: Entry | undefined;

  constructor(paths: PathTable) {
    this.#paths = paths;
    this.#bit = paths.join();
  }

  get size(): number {
    return this.#count;
  }

  childCount(directory: string): number {
    return this.#children.get(directory) ?? 0;
  }

  get(path: string): Entry | undefined {
    const row = this.#paths.find(path, this.#bit);
    if (row === undefined) return undefined;
    if (row === this.#lastRow) return this.#last;
    this.#lastRow = row;
    return (this.#last = this.#read(row));
  }

  kindOf(path: string): Entry['kind'] | undefined {
    const row = this.#paths.find(path, this.#bit);
    return row === undefined ? undefined : kinds[this.#kind.get(row)];
  }

  set(path: string, entry: Entry): void {
    if (path === '') return;
    const isNew = this.#paths.find(path, this.#bit) === undefined;
    const row = this.#paths.hold(path, this.#bit);
    if (isNew) {
      this.#count++;
      this.#countChild(parentOf(path), 1);
    }
    this.#texts.delete(row);
    this.#lastRow = -1;
    this.#kind.set(row, kinds.indexOf(entry.kind));
    if ('stamp' in entry) this.#stamp.set(row, entry.stamp);
    if ('mode' in entry) this.#mode.set(row, entry.mode);
    switch (entry.kind) {
      case 'file':
        this.#size.set(row, entry.size);
        this.#seconds.set(row, entry.mtime.s);
        this.#nanoseconds.set(row, entry.mtime.ns);
        return;
      case 'directory':
        return;
      case 'symlink':
        this.#texts.set(row, entry.target);
        return;
      case 'other':
        this.#texts.set(row, entry.what);
        return;
      case 'unreadable':
        this.#texts.set(row, entry.reason);
    }
  }

  delete(path: string): boolean {
    const row = this.#paths.find(path, this.#bit);
    if (row === undefined) return false;
    this.#texts.delete(row);
    this.#lastRow = -1;
    this.#paths.release(path, row, this.#bit);
    this.#count--;
    this.#countChild(parentOf(path), -1);
    return true;
  }

  /** Whether a row shared with other tables has this kind, stamp and mode. */
  has(row: number, kind: 'file' | 'directory' | 'symlink', stamps: StampColumn, modes: Column<Uint16Array>) {
    if (!this.#paths.isHeld(row, this.#bit) || kinds[this.#kind.get(row)] !== kind) return false;
    return stamps.equals(row, this.#stamp) && (kind === 'symlink' || modes.get(row) === this.#mode.get(row));
  }

  /** The path and all below it, each with the row that tables share. */
  rowsFrom(path: string): Iterable<[string, number]> {
    if (path === '') return this.#paths.held(this.#bit);
    return [path, ...this.below([path])].flatMap((at) => {
      const row = this.#paths.find(at, this.#bit);
      return row === undefined ? [] : [[at, row]];
    });
  }

  *paths(): Generator<string, undefined> {
    for (const [path] of this.#paths.held(this.#bit)) yield path;
  }

  *[Symbol.iterator](): Generator<[string, Entry], undefined> {
    for (const [path, row] of this.#paths.held(this.#bit)) yield [path, this.#read(row)];
  }

  /** All paths strictly below any of these directories. Looks at every path, unless the directories are known to be empty. */
  below(directories: Iterable<string>): string[] {
    const filled = new Set<string>();
    for (const directory of directories) if (this.childCount(directory) > 0) filled.add(directory);
    if (filled.size === 0) return [];
    const found: string[] = [];
    for (const path of this.paths()) {
      if (filled.has('') || parentsOf(path).some((parent) => filled.has(parent))) found.push(path);
    }
    return found;
  }

  #read(row: number): Entry {
    const kind = kinds[this.#kind.get(row)] as Entry['kind'];
    const text = this.#texts.get(row) ?? '';
    if (kind === 'other') return { kind, what: text };
    if (kind === 'unreadable') return { kind, reason: text };
    const stamp = this.#stamp.get(row) ?? '';
    if (kind === 'symlink') return { kind, target: text, stamp };
    const mode = this.#mode.get(row);
    if (kind === 'directory') return { kind, mode, stamp };
    const mtime = { s: this.#seconds.get(row), ns: this.#nanoseconds.get(row) };
    return { kind, mode, size: this.#size.get(row), mtime, stamp };
  }

  #countChild(directory: string, by: number): void {
    const count = (this.#children.get(directory) ?? 0) + by;
    if (count === 0) this.#children.delete(directory);
    else this.#children.set(directory, count);
  }
}
