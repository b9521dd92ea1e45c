import type { FileMeta } from '../endpoint.js';
import { type Expect, Writer } from './values.js';

/** What a PUTS may carry (docs/sync-protocol.md): bytes of content a file, and files. */
export const maxSmallLength = 32 * 1024;
export const maxFiles = 512;
/** More than a file takes beside its content and its path. */
const overhead = 100;

/** A PUTS frame on its way: small files with their content, which is read right into it. */
export class PutsFrame {
  readonly #to: Writer;

  /** `bytes`: about how much content, in so many files, will come. */
  constructor(id: number, bytes: number, files: number) {
    this.#to = new Writer(4, bytes + files * overhead).u8(0x11).uint(id);
  }

  /**
   * Adds a file with the content that `read` puts into the buffer from `at` on, all of the size; `read` gives the hex hash of it. When it gives
   * undefined, nothing was added.
   */
  add(
    path: string,
    expect: Expect,
    { mode, mtime, size }: FileMeta,
    read: (into: Buffer, at: number) => string | undefined,
  ): string | undefined {
    const before = this.#to.length;
    const hash = this.#to.text(path).expect(expect).uint(mode).time(mtime).uint(size).fill(size, read);
    if (hash === undefined) this.#to.shorten(before);
    else this.#to.hex(hash);
    return hash;
  }

  /** The whole frame, length included. At least one file must be in it. */
  finish(): Buffer {
    const frame = this.#to.finish();
    frame.writeUInt32BE(frame.length - 4, 0);
    return frame;
  }
}
