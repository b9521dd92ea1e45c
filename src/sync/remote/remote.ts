import { setTimeout as delay } from 'node:timers/promises';

import { Failure } from '../../base/failure.js';
import { entryOf } from '../core/entry.js';
import type { DirectoryEntry, Entry, FileEntry, Observed, SymlinkEntry } from '../core/entry.js';
import type { BlockSums } from '../delta/block-sums.js';
import type { Content, Endpoint, EndpointEvents, FileMeta, Patchable, Scanning, Sink } from '../endpoint.js';
import { changedFailure, fileFailure } from '../file-failure.js';
import type { HelperStream } from '../inject/inject.js';
import { Lane } from '../merge/lane.js';
import { RemoteBatch } from './batch.js';
import { openMessage, type RemoteOptions } from './options.js';
import { Outbox } from './outbox.js';
import { allowedRoot, fatalFailure, lostFailure, whyLost } from './failure.js';
import { Heartbeat } from './heartbeat.js';
import { RemoteRequests } from './requests.js';
import { RemoteScans } from './scans.js';
import { gatherSums } from './sums.js';
import { RemoteWrite } from './write.js';
import {
  type ClientMessage,
  decodeHelper,
  encodeClient,
  expectSeen,
  type HelperMessage,
  type Range,
} from '../wire/messages.js';
import { PutsFrame } from '../wire/puts.js';
import { protocolFailure } from '../wire/values.js';

const byeWithinMs = 2_000;
/** Scans under way at once: each costs the client a list. */
const scansAtOnce = 16;

/**
 * A directory in the container, as an {@link Endpoint}, through the helper's frames. `watch` starts reading; `open` tells the first scan. Disposing says
 * BYE, gives the helper 2 s to clean up, and closes the process.
 */
export class Remote implements Endpoint {
  readonly side = 'remote';
  root = '';
  readonly #stream: HelperStream;
  readonly #options: RemoteOptions;
  readonly #outbox: Outbox;
  readonly #requests: RemoteRequests;
  readonly #scans = new RemoteScans();
  readonly #scanLane = new Lane(scansAtOnce);
  #events: EndpointEvents | undefined;
  #opened: { resolve: (root: string) => void; reject: (error: Error) => void } | undefined;
  #heartbeat: Heartbeat | undefined;
  #failure: Failure | undefined;
  #closing = false;

  constructor(stream: HelperStream, options: RemoteOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#outbox = new Outbox(stream.process.stdin);
    this.#requests = new RemoteRequests((id) => this.#send({ frame: 'CANCEL', id }));
  }

  watch(events: EndpointEvents): void {
    this.#events = events;
    this.#stream.process.stdin.on('error', () => void this.#lost());
    void this.#read();
    this.#heartbeat = new Heartbeat(
      (nonce) => this.#send({ frame: 'PING', nonce }),
      (seconds) => this.#fail(lostFailure(`no answer for ${seconds} s`, this.#stream.errors())),
    );
  }

  /** Opens the root, once. Resolves to it after the first scan was told. Throws SYNC_PATH_MISSING, SYNC_PATH_REFUSED and the like. */
  async open(): Promise<string> {
    const opened = new Promise<string>((resolve, reject) => {
      this.#opened = { resolve, reject };
    });
    const scanned = this.#scans.begin(0, '', this.#scanning(''));
    scanned.catch(() => {});
    this.#send(openMessage(this.#options));
    this.root = await opened;
    await scanned;
    return this.root;
  }

  scan(path: string): Promise<void> {
    return this.#scanLane.run(0, () => {
      const id = this.#requests.id();
      const scanned = this.#scans.begin(id, path, this.#scanning(path));
      this.#send({ frame: 'SCAN', id, path });
      return scanned;
    });
  }

  async hash(path: string, stamp: string): Promise<string> {
    const id = this.#requests.id();
    this.#send({ frame: 'HASH', id, path });
    const found = await this.#requests.hash(id, path);
    if (found.stamp !== stamp) throw changedFailure(path);
    return found.hash;
  }

  /** With `parts`: only these, one after another. */
  read(path: string, seen: FileEntry, sink: Sink, parts: readonly Range[] = []): Promise<Content> {
    const id = this.#requests.id();
    this.#send({ frame: 'GET', id, path, expect: expectSeen(seen), ranges: parts });
    const size = parts.length > 0 ? parts.reduce((sum, { length }) => sum + length, 0) : seen.size;
    return this.#requests.get(id, path, size, sink);
  }

  /** What each block of a file sums up to, to find what two versions of it have in common. */
  sums(path: string, seen: FileEntry): Promise<BlockSums> {
    const id = this.#requests.id();
    return gatherSums(path, seen.size, (blockSize, length, sink) => {
      this.#send({ frame: 'SIGN', id, path, expect: expectSeen(seen), blockSize });
      return this.#requests.get(id, path, length, sink);
    });
  }

  write(path: string, seen: Entry | undefined, meta: FileMeta): Patchable {
    const put = { frame: 'PUT', id: this.#requests.id(), path, expect: expectSeen(seen), ...meta } as const;
    return new RemoteWrite(put, {
      send: (message) => this.#send(message),
      sendFrame: (frame) => this.#sendFrame(frame),
      turn: () => this.#outbox.turn(),
      limit: (bytes) => this.#options.up.take(bytes),
      applied: () => this.#applied(put.id, path, 'file'),
      cancel: () => this.#requests.cancel(put.id),
    });
  }

  /** Resolves when so much content may be sent. */
  async room(bytes: number): Promise<void> {
    await this.#options.up.take(bytes);
    await this.#outbox.turn();
  }

  /** For many small files, about so many bytes together. */
  batch(bytes: number, files: number): RemoteBatch {
    const id = this.#requests.id();
    return new RemoteBatch(new PutsFrame(id, bytes, files), (frame, paths) => {
      this.#sendFrame(frame);
      return this.#requests.batch(id, paths);
    });
  }

  mkdir(path: string, mode: number): Promise<DirectoryEntry> {
    const id = this.#requests.id();
    this.#send({ frame: 'MKDIR', id, path, expect: { kind: 'none' }, mode });
    return this.#applied(id, path, 'directory');
  }

  symlink(path: string, seen: Entry | undefined, target: string): Promise<SymlinkEntry> {
    const id = this.#requests.id();
    this.#send({ frame: 'SYMLINK', id, path, expect: expectSeen(seen), target });
    return this.#applied(id, path, 'symlink');
  }

  chmod(path: string, seen: Entry, mode: number): Promise<Entry> {
    const id = this.#requests.id();
    this.#send({ frame: 'CHMOD', id, path, expect: expectSeen(seen), mode });
    return this.#applied(id, path, seen.kind);
  }

  async remove(path: string, seen: Entry): Promise<undefined> {
    const id = this.#requests.id();
    this.#send({ frame: 'REMOVE', id, path, expect: expectSeen(seen) });
    await this.#applied(id, path, 'absent');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#heartbeat?.[Symbol.dispose]();
    const { process } = this.#stream;
    if (this.#failure === undefined) {
      this.#send({ frame: 'BYE' });
      this.#outbox.flush();
      process.stdin.end();
      const waited = new AbortController();
      await Promise.race([
        process.exit.catch(() => {}),
        delay(byeWithinMs, undefined, { signal: waited.signal }).catch(() => {}),
      ]);
      waited.abort();
    }
    await process[Symbol.asyncDispose]();
    this.#end(fileFailure('SYNC_CANCELLED', this.root, 'The sync was stopped.'));
  }

  async #read(): Promise<void> {
    try {
      for await (const frames of this.#stream.frames) {
        this.#heartbeat?.heard();
        for (const { type, body } of frames) {
          const message = decodeHelper(type, body);
          if (message.frame === 'DATA') {
            const limited = this.#options.down.take(message.content.length);
            if (limited) await limited;
            const taken = this.#requests.data(message.id, message.content);
            if (taken) await taken;
          } else {
            this.#receive(message);
          }
        }
      }
      await this.#lost();
    } catch (error) {
      if (error instanceof Failure) this.#fail(error);
      else await this.#lost(error);
    }
  }

  /** The result of an own change is news too, in its order. */
  #sees(entry: Observed): void {
    this.#events?.changed([entry], []);
  }

  #receive(message: Exclude<HelperMessage, { frame: 'DATA' }>): void {
    switch (message.frame) {
      case 'HELLO':
        throw protocolFailure('a second HELLO');
      case 'OPENED':
        this.#opened?.resolve(allowedRoot(message.root));
        return;
      case 'ENTRIES':
        if (message.source === 0) this.#scans.note(message.entries.length);
        this.#events?.changed(message.entries, []);
        return;
      case 'SCANNED':
        return this.#scans.finish(message.id);
      case 'PONG':
        return;
      case 'NOTICE':
        if (message.code === 1) this.#events?.lost();
        else this.#events?.degraded(`In the container: ${message.message}.`);
        return;
      case 'FATAL':
        throw fatalFailure(message.code, message.message, this.root || this.#options.root || '.');
      case 'PLACED':
        this.#events?.changed(this.#requests.placed(message), []);
        return;
      case 'HASHED':
      case 'APPLIED':
      case 'END':
      case 'FAILED':
        if (message.frame === 'FAILED' && this.#scans.refuse(message)) return;
        if (message.frame === 'APPLIED') this.#sees(message.entry);
        return this.#requests.answer(message);
    }
  }

  #scanning(path: string): Scanning {
    return this.#events?.scanning(path) ?? { end: () => {} };
  }

  /** The entry a change leaves at the path, without the path. */
  async #applied<K extends Observed['kind']>(
    id: number,
    path: string,
    kind: K,
  ): Promise<Extract<Entry, { kind: K }>> {
    const observed = await this.#requests.change(id, path);
    if (observed.kind !== kind) throw changedFailure(path);
    return entryOf(observed) as Extract<Entry, { kind: K }>;
  }

  #send(message: ClientMessage): void {
    this.#sendFrame(encodeClient(message));
  }

  #sendFrame(frame: Buffer): void {
    if (!this.#failure) this.#outbox.send(frame);
  }

  async #lost(cause?: unknown): Promise<void> {
    if (this.#closing || this.#failure) return;
    const ending = await whyLost(this.#stream.process, byeWithinMs, cause);
    this.#fail(lostFailure(ending.why, this.#stream.errors(), ending.cause));
  }

  #fail(failure: Failure): void {
    if (this.#failure || this.#closing) return;
    this.#end(failure);
    this.#events?.failed(failure);
  }

  #end(failure: Failure): void {
    this.#failure ??= failure;
    this.#heartbeat?.[Symbol.dispose]();
    this.#opened?.reject(failure);
    this.#scans.fail(failure);
    this.#requests.fail(failure);
  }
}
