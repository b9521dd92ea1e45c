import type { Failure } from '../../base/failure.js';
import { entryOf, type FileEntry, type Observed } from '../core/entry.js';
import type { Content, Sink } from '../endpoint.js';
import { remoteFailure } from '../file-failure.js';
import type { HelperMessage } from '../wire/messages.js';
import { protocolFailure } from '../wire/values.js';
import type { Placed } from './batch.js';

/** A question that is open. */
type Pending = { path: string; reject: (error: Error) => void } & (
  | { kind: 'change'; resolve: (entry: Observed) => void }
  | { kind: 'hash'; resolve: (found: { hash: string; stamp: string }) => void }
  /** `placed`: what was answered so far, in the order of the paths. */
  | {
      kind: 'batch';
      paths: readonly string[];
      placed: (FileEntry | Failure)[];
      resolve: (placed: Placed) => void;
    }
  /** `left`: content still allowed, by what the file had when it was seen. */
  | { kind: 'get'; left: number; sink: Sink; resolve: (found: Content) => void }
);

type Answer = Extract<HelperMessage, { frame: 'HASHED' | 'APPLIED' | 'END' | 'FAILED' }>;

/** Matches answers to requests. An answer that fits no request breaks the protocol, unless the request was given up. */
export class RemoteRequests {
  readonly #pending = new Map<number, Pending>();
  /** Given up on; their late answers mean nothing. */
  readonly #cancelled = new Set<number>();
  readonly #sendCancel: (id: number) => void;
  #lastId = 0;
  #failure: Error | undefined;

  constructor(sendCancel: (id: number) => void) {
    this.#sendCancel = sendCancel;
  }

  id(): number {
    return ++this.#lastId;
  }

  change(id: number, path: string): Promise<Observed> {
    return new Promise((resolve, reject) => this.#open(id, { kind: 'change', path, resolve, reject }));
  }

  hash(id: number, path: string): Promise<{ hash: string; stamp: string }> {
    return new Promise((resolve, reject) => this.#open(id, { kind: 'hash', path, resolve, reject }));
  }

  get(id: number, path: string, size: number, sink: Sink): Promise<Content> {
    return new Promise((resolve, reject) =>
      this.#open(id, { kind: 'get', path, left: size, sink, resolve, reject }),
    );
  }

  batch(id: number, paths: readonly string[]): Promise<Placed> {
    return new Promise((resolve, reject) =>
      this.#open(id, { kind: 'batch', path: '', paths, placed: [], resolve, reject }),
    );
  }

  /** Gives a request up; it never settles. */
  cancel(id: number): void {
    this.#pending.delete(id);
    this.#cancelled.add(id);
    this.#sendCancel(id);
  }

  answer(message: Answer): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) {
      if (this.#cancelled.delete(message.id)) return;
      throw protocolFailure(`${message.frame} for a request that was not made`);
    }
    this.#pending.delete(message.id);
    if (message.frame === 'FAILED' && pending.kind !== 'batch') {
      pending.reject(remoteFailure(message.code, pending.path, message.message));
      return;
    }
    if ('entry' in message && message.entry.path !== pending.path)
      throw protocolFailure(`${message.frame} for another path`);
    if (message.frame === 'HASHED' && pending.kind === 'hash') {
      pending.resolve(message);
    } else if (message.frame === 'APPLIED' && pending.kind === 'change') {
      pending.resolve(message.entry);
    } else if (message.frame === 'END' && pending.kind === 'get' && message.entry.kind === 'file') {
      pending.resolve({ hash: message.hash, entry: entryOf(message.entry) as FileEntry });
    } else {
      throw protocolFailure(`${message.frame} as an answer to something else`);
    }
  }

  /** Takes an answer to a batch, or a part of it; gives what it says of what is there now. */
  placed({ id, outcomes }: Extract<HelperMessage, { frame: 'PLACED' }>): Observed[] {
    const pending = this.#pending.get(id);
    if (pending?.kind !== 'batch') throw protocolFailure('PLACED as an answer to something else');
    const { paths, placed, resolve } = pending;
    const seen: Observed[] = [];
    for (const outcome of outcomes) {
      const path = paths[placed.length];
      if (path === undefined) throw protocolFailure('PLACED for more files than were sent');
      if ('file' in outcome) {
        seen.push({ path, ...outcome.file });
        placed.push(outcome.file);
      } else {
        placed.push(remoteFailure(outcome.code, path, `${path}: ${outcome.message}`));
      }
    }
    if (placed.length === paths.length) {
      this.#pending.delete(id);
      resolve(placed);
    }
    return seen;
  }

  /** Hands content on; what is given back is to be awaited before more is read. */
  data(id: number, content: Buffer): void | Promise<void> {
    const pending = this.#pending.get(id);
    if (pending?.kind !== 'get') {
      if (this.#cancelled.has(id)) return undefined;
      throw protocolFailure('content that was not asked for');
    }
    pending.left -= content.length;
    if (pending.left < 0) throw protocolFailure(`more content than ${pending.path} has`);
    // When the receiver cannot take it (disk full), only this file fails.
    const giveUp = (error: unknown) => {
      this.cancel(id);
      pending.reject(error as Error);
    };
    try {
      return pending.sink.data(content)?.catch(giveUp);
    } catch (error) {
      return giveUp(error);
    }
  }

  /** All open requests, and all later ones, fail. */
  fail(error: Error): void {
    this.#failure ??= error;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }

  #open(id: number, pending: Pending): void {
    if (this.#failure) pending.reject(this.#failure);
    else this.#pending.set(id, pending);
  }
}
