import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { keepNewest, readOwnFile, replaceOwnFile, requireOwn } from '../base/own-files.js';

/** Builds and versions of Node whose code is kept side by side. */
const BUILDS = 4;

/**
 * What V8 has compiled, a file for each command:
 *
 *     <root>/<build>-<node>-<arch>/<command>   4 bytes CRC-32 (little endian), then V8's data
 *
 * V8 runs what is in there without looking at it, and crashes on what is damaged. So only files count that are the user's own, in folders that nobody
 * else may write, and that are whole. What is not counts as not being there: the run starts later, and is as good. V8 itself refuses what another
 * version or other flags have made.
 */
export class CodeCache {
  readonly #root: string;
  readonly #folder: string;

  /** `build` names the program, of which V8 compares the length only. `root` need not exist. */
  constructor(root: string, build: string) {
    this.#root = root;
    this.#folder = join(root, `${build}-${process.version}-${process.arch}`);
  }

  /**
   * The code for the first word of `argv` that is a command of which there is any. For help that of any other will do, since nothing is kept then: what
   * is kept holds all that was found, and what a command does not need only delays it.
   */
  find(argv: readonly string[]): { command: string; data: Buffer } | undefined {
    try {
      requireOwn(this.#root);
      const known = readdirSync(this.#folder).filter((name) => !name.startsWith('.'));
      const other = argv.includes('--help') ? known[0] : undefined;
      const command = argv.find((word) => known.includes(word)) ?? other;
      if (command === undefined) return undefined;
      const bytes = readOwnFile(join(this.#folder, command));
      const data = bytes.subarray(4);
      return bytes.readUInt32LE() === crc32(data) ? { command, data } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps it for the next run of `command`. Where it cannot be written, nothing happens. */
  keep(command: string, data: Buffer): void {
    try {
      const sum = Buffer.alloc(4);
      sum.writeUInt32LE(crc32(data));
      replaceOwnFile(join(this.#folder, command), Buffer.concat([sum, data]));
      keepNewest(this.#root, BUILDS);
    } catch {
      // The next run starts as late as this one.
    }
  }
}
