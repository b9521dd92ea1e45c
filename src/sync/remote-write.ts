import type { FileEntry } from './core/entry.js';
import type { Incoming } from './endpoint.js';
import { maxDataLength } from './wire.js';
import type { ClientMessage } from './wire-messages.js';

/** What a file on its way needs of the connection. */
export interface WriteChannel {
  send(message: ClientMessage): void;
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
export class RemoteWrite implements Incoming {
  readonly #put: Extract<ClientMessage, { frame: 'PUT' }>;
  readonly #channel: WriteChannel;
  #held: Buffer | undefined;
  #answer: Promise<FileEntry> | undefined;
  #refused: Error | undefined;

  constructor(put: Extract<ClientMessage, { frame: 'PUT' }>, channel: WriteChannel) {
    this.#put = put;
    this.#channel = channel;
  }

  data(chunk: Buffer): void | Promise<void> {
    if (this.#answer === undefined && this.#put.size <= maxDataLength) {
      // The caller may reuse the chunk.
      this.#held = this.#held ? Buffer.concat([this.#held, chunk]) : Buffer.from(chunk);
      return undefined;
    }
    return this.#stream(chunk);
  }

  async commit(hash: string): Promise<FileEntry> {
    const { id } = this.#put;
    if (this.#answer === undefined) {
      const content = this.#held;
      if (content) await this.#channel.limit(content.length);
      await this.#channel.turn();
      this.#begin();
      if (content) this.#channel.send({ frame: 'DATA', id, content });
    }
    this.#channel.send({ frame: 'END', id, hash });
    return this.#answer as Promise<FileEntry>;
  }

  abort(): void {
    this.#held = undefined;
    if (this.#answer !== undefined && this.#refused === undefined) this.#channel.cancel();
  }

  async #stream(chunk: Buffer): Promise<void> {
    await this.#channel.limit(chunk.length);
    await this.#channel.turn();
    if (this.#refused) throw this.#refused;
    if (this.#answer === undefined) this.#begin();
    this.#channel.send({ frame: 'DATA', id: this.#put.id, content: chunk });
  }

  #begin(): void {
    this.#channel.send(this.#put);
    this.#answer = this.#channel.applied();
    this.#answer.catch((error: Error) => {
      this.#refused = error;
    });
  }
}
