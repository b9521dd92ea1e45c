import type { Observed } from '../core/entry.js';
import { isBelow } from '../core/path.js';
import { protocolFailure } from '../wire/values.js';
import type { HelperMessage } from '../wire/messages.js';
import { remoteFailure } from '../file-failure.js';

/** More than any tree sync can hold in memory: a helper that lists on and on is stopped. */
const mostEntries = 5_000_000;

interface Scan {
  path: string;
  seen: Map<string, Observed>;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Gathers what is heard while scans are under way, so that each ends with one list: the newest of every path at and below its own. */
export class RemoteScans {
  readonly #open = new Map<number, Scan>();

  begin(id: number, path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#open.set(id, { path, seen: new Map(), resolve, reject });
    });
  }

  note(entry: Observed): void {
    for (const { path, seen } of this.#open.values()) {
      if (entry.path !== path && !isBelow(entry.path, path)) continue;
      if (entry.kind !== 'directory' && seen.get(entry.path)?.kind === 'directory') {
        for (const below of seen.keys()) if (isBelow(below, entry.path)) seen.delete(below);
      }
      seen.set(entry.path, entry);
      if (seen.size > mostEntries) throw protocolFailure(`more than ${mostEntries} entries`);
    }
  }

  finish(id: number, tell: (path: string, seen: Observed[]) => void): void {
    const scan = this.#open.get(id);
    if (scan === undefined) throw protocolFailure('the end of a scan that was not asked for');
    this.#open.delete(id);
    tell(scan.path, [...scan.seen.values()]);
    scan.resolve();
  }

  /** Takes a refusal that is for a scan. */
  refuse(message: Pick<HelperMessage, 'frame'> & { id: number; message?: string; code?: number }): boolean {
    const scan = this.#open.get(message.id);
    if (scan === undefined || message.frame !== 'FAILED') return false;
    this.#open.delete(message.id);
    scan.reject(remoteFailure(message.code ?? 10, scan.path, message.message ?? ''));
    return true;
  }

  fail(error: Error): void {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { reject } of open) reject(error);
  }
}
