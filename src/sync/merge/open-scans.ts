import type { Scanning } from '../endpoint.js';
import { Column } from '../store/column.js';
import type { PathTable } from '../store/path-table.js';

/** Scans of one side that are under way, and what was told to be there since each began. */
export class OpenScans {
  readonly #paths: PathTable;
  /** By row: 1 when it was told of. */
  readonly #open = new Set<Column<Uint8Array>>();

  constructor(paths: PathTable) {
    this.#paths = paths;
  }

  /** When the scan ends, `ended` gets a test for rows that were not told of. */
  begin(ended: (isGone: (row: number) => boolean) => void): Scanning {
    const found = new Column(Uint8Array);
    this.#open.add(found);
    return {
      end: () => {
        this.#open.delete(found);
        ended((row) => found.get(row) === 0);
      },
    };
  }

  /** The path, which some table holds, is there. */
  found(path: string): void {
    if (this.#open.size === 0) return;
    const row = this.#paths.row(path) as number;
    for (const found of this.#open) found.set(row, 1);
  }
}
