import type { FileEntry } from '../core/entry.js';
import type { Patchable } from '../endpoint.js';
import { maxDataLength } from '../wire/frame.js';
import { type ClientMessage, encodeClient } from '../wire/messages.js';

/** What a file on its way needs of the connection. */
export interface WriteChannel {
  send(message: ClientMessage): void;
  sendFrame(frame: Buffer): void;
  /** Undefined when one may send now. */
  turn(): Promise<void> | undefined;
  limit(bytes: number): Promise<void> | undefined;
  /** Waits for the answer to the PUT. */
  applied(): Promise<FileEntry>;
  cancel(): void;
}

/**
 * A file on its way to the container. A small one is sent whole at `commit`, so that one found to be unchanged costs nothing; a large one is sent
 * as it is read, taking turns with others.
 */
export class RemoteWrite implements Patchable {
  readonly #put: Extract<ClientMessage, { frame: 'PUT' }>;
  readonly #channel: WriteChannel;
  readonly #held: Buffer[] = [];
  #heldBytes = 0;
  #answer: Promise<FileEntry> | undefined;
  #refused: Error | undefined;

  constructor(put: Extract<ClientMessage, { frame: 'PUT' }>, channel: WriteChannel) {
    this.#put = put;
    this.#channel = channel;
  }

  data(chunk: Buffer): void | Promise<void> {
    if (this.#answer === undefined && this.#put.size <= maxDataLength) {
      const frame = encodeClient({ frame: 'DATA', id: this.#put.id, content: chunk });
      this.#held.push(frame);
      this.#heldBytes += chunk.length;
      return undefined;
    }
    return this.#stream(chunk);
  }

  async copy(offset: number, length: number): Promise<void> {
    await this.#ready();
    this.#channel.send({ frame: 'COPY', id: this.#put.id, offset, length });
  }

  async commit(hash: string): Promise<FileEntry> {
    const { id } = this.#put;
    if (this.#answer === undefined) {
      const limited = this.#channel.limit(this.#heldBytes);
      if (limited) await limited;
      const turn = this.#channel.turn();
      if (turn) await turn;
      this.#begin();
      for (const frame of this.#held) this.#channel.sendFrame(frame);
    }
    this.#channel.send({ frame: 'END', id, hash });
    return this.#answer as Promise<FileEntry>;
  }

  abort(): void {
    if (this.#answer !== undefined && this.#refused === undefined) this.#channel.cancel();
  }

  async #stream(chunk: Buffer): Promise<void> {
    await this.#channel.limit(chunk.length);
    await this.#ready();
    this.#channel.send({ frame: 'DATA', id: this.#put.id, content: chunk });
  }

  async #ready(): Promise<void> {
    await this.#channel.turn();
    if (this.#refused) throw this.#refused;
    if (this.#answer === undefined) this.#begin();
  }

  #begin(): void {
    this.#channel.send(this.#put);
    this.#answer = this.#channel.applied();
    this.#answer.catch((error: Error) => {
      this.#refused = error;
    });
  }
}
