import type { Failure } from '../../base/failure.js';
import type { Entry, FileEntry } from '../core/entry.js';
import type { FileMeta } from '../endpoint.js';
import { expectSeen } from '../wire/messages.js';
import type { PutsFrame } from '../wire/puts.js';

/** How each file of a batch went, in their order: what is there now, or why it is not. */
export type Placed = readonly (FileEntry | Failure)[];

type Send = (frame: Buffer, paths: readonly string[]) => Promise<Placed>;

/** Small files on their way to the container in one message. None is visible before `send`, and one that fails stops no other. */
export class RemoteBatch {
  readonly #frame: PutsFrame;
  readonly #paths: string[] = [];
  readonly #send: Send;

  constructor(frame: PutsFrame, send: Send) {
    this.#frame = frame;
    this.#send = send;
  }

  /**
   * Adds a file that is to replace what was `seen` (undefined: nothing). `read` puts its content into the buffer from `at` on and gives the hash, or
   * undefined: then it does not come along. Gives what `read` gave.
   */
  add(
    path: string,
    seen: Entry | undefined,
    meta: FileMeta,
    read: (into: Buffer, at: number) => string | undefined,
  ): string | undefined {
    const hash = this.#frame.add(path, expectSeen(seen), meta, read);
    if (hash !== undefined) this.#paths.push(path);
    return hash;
  }

  /** To be called once, when something was added. Rejects when the whole side is lost. */
  send(): Promise<Placed> {
    return this.#send(this.#frame.finish(), this.#paths);
  }
}
