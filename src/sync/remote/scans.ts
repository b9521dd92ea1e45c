import type { Scanning } from '../endpoint.js';
import { remoteFailure } from '../file-failure.js';
import { protocolFailure } from '../wire/values.js';
import type { HelperMessage } from '../wire/messages.js';

/** More than any tree sync can hold in memory: a helper that lists on and on is stopped. */
const mostEntries = 5_000_000;

interface Scan {
  path: string;
  scanning: Scanning;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** The scans that were asked for. What they find is told as it comes. */
export class RemoteScans {
  readonly #open = new Map<number, Scan>();
  /** Entries listed since no scan was open. */
  #listed = 0;

  begin(id: number, path: string, scanning: Scanning): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#open.set(id, { path, scanning, resolve, reject });
    });
  }

  /** So many entries were listed. */
  note(entries: number): void {
    if (this.#open.size === 0) throw protocolFailure('entries of a scan that was not asked for');
    this.#listed += entries;
    if (this.#listed > mostEntries * this.#open.size)
      throw protocolFailure(`more than ${mostEntries} entries`);
  }

  finish(id: number): void {
    const scan = this.#close(id);
    if (scan === undefined) throw protocolFailure('the end of a scan that was not asked for');
    scan.scanning.end();
    scan.resolve();
  }

  /** Takes a refusal that is for a scan. */
  refuse(message: Pick<HelperMessage, 'frame'> & { id: number; message?: string; code?: number }): boolean {
    if (message.frame !== 'FAILED') return false;
    const scan = this.#close(message.id);
    scan?.reject(remoteFailure(message.code ?? 10, scan.path, message.message ?? ''));
    return scan !== undefined;
  }

  fail(error: Error): void {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { reject } of open) reject(error);
  }

  #close(id: number): Scan | undefined {
    const scan = this.#open.get(id);
    this.#open.delete(id);
    if (this.#open.size === 0) this.#listed = 0;
    return scan;
  }
}
