import type { FileEntry } from '../core/entry.js';

/** A file written this recently may have been written twice within one tick of the clock. */
const suspectMs = 50;

/** Whether a file that was just written may have changed once more without another stamp. `tickMs`: of the file system's own clock. */
export const isSuspect = ({ mtime }: FileEntry, tickMs: number): boolean =>
  Date.now() - mtime.s * 1000 - mtime.ns / 1e6 < suspectMs + tickMs;
