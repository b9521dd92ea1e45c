import { isUtf8 } from 'node:buffer';

import { Failure } from '../../base/failure.js';
import type { Entry, FileEntry, Observed, Time } from '../core/entry.js';
import { isSafePath, maxPathBytes } from '../core/path.js';

/** What must still be at a path for a request to be done. */
export type Expect = { kind: 'any' } | { kind: 'none' } | { kind: 'stamp'; stamp: string };

/** The other end broke the protocol: always ends the session. */
export function protocolFailure(what: string): Failure {
  return new Failure({
    code: 'SYNC_PROTOCOL',
    message: `The sync helper in the container sent something it must not: ${what}.`,
    hint: 'Run the command again; if this repeats, replace the container, since something else writes to the stream.',
  });
}

const maxUint = Number.MAX_SAFE_INTEGER;

/** Reads the values of one frame's body; every method throws a SYNC_PROTOCOL failure rather than read past the end. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw protocolFailure('a frame that ends too early');
    return value;
  }

  uint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 1; ; count++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > maxUint || (byte === 0 && count > 1)) throw protocolFailure('an invalid number');
        return value;
      }
      if (count === 8) throw protocolFailure('a number of more than 8 bytes');
      scale *= 128;
    }
  }

  /** A number of at most `max`. */
  uintUpTo(max: number, what: string): number {
    const value = this.uint();
    if (value > max) throw protocolFailure(`${what} ${value}`);
    return value;
  }

  /** A view, not a copy. */
  take(length: number): Buffer {
    if (length > this.remaining) throw protocolFailure('a frame that ends too early');
    const slice = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return slice;
  }

  /** Copies a few bytes to where they belong. */
  into(target: Buffer, at: number, length: number): void {
    if (length > this.remaining) throw protocolFailure('a frame that ends too early');
    for (let next = 0; next < length; next++) target[at + next] = this.#bytes[this.#at++] as number;
  }

  rest(): Buffer {
    return this.take(this.remaining);
  }

  text(maxBytes = Infinity): string {
    const length = this.uint();
    if (length > maxBytes) throw protocolFailure(`a text of ${length} bytes`);
    if (length > this.remaining) throw protocolFailure('a frame that ends too early');
    const start = this.#at;
    this.#at += length;
    const text = this.#bytes.toString(undefined, start, this.#at);
    // What is not UTF-8 comes out as U+FFFD, which may also be what it says.
    if (text.includes('\uFFFD') && !isUtf8(this.#bytes.subarray(start, this.#at)))
      throw protocolFailure('a text that is not UTF-8');
    return text;
  }

  path(): string {
    const path = this.text(maxPathBytes);
    if (!isSafePath(path)) throw protocolFailure(`the path ${JSON.stringify(path.slice(0, 200))}`);
    return path;
  }

  time(): Time {
    return { s: this.uint(), ns: this.uintUpTo(999_999_999, 'nanoseconds of') };
  }

  mode(): number {
    return this.uintUpTo(0o7777, 'the mode');
  }

  stamp(): string {
    return this.#hex(8);
  }

  hash(): string {
    return this.#hex(32);
  }

  #hex(length: number): string {
    if (length > this.remaining) throw protocolFailure('a frame that ends too early');
    this.#at += length;
    return this.#bytes.toString('hex', this.#at - length, this.#at);
  }

  expect(): Expect {
    const kind = this.u8();
    if (kind === 0) return { kind: 'any' };
    if (kind === 1) return { kind: 'none' };
    if (kind === 2) return { kind: 'stamp', stamp: this.stamp() };
    throw protocolFailure(`the expectation ${kind}`);
  }

  observed(): Observed {
    const path = this.path();
    const kind = this.u8();
    switch (kind) {
      case 0:
        return { path, kind: 'absent' };
      case 1:
        return { path, ...this.file() };
      case 2:
        return { path, kind: 'directory', mode: this.mode(), stamp: this.stamp() };
      case 3:
        return { path, kind: 'symlink', target: this.text(), stamp: this.stamp() };
      case 4:
        return { path, kind: 'other', what: this.text() };
      case 5:
        return { path, kind: 'unreadable', reason: this.text() };
      default:
        throw protocolFailure(`an entry of kind ${kind}`);
    }
  }

  /** A file, but for its path. */
  file(): FileEntry {
    return {
      kind: 'file',
      mode: this.mode(),
      size: this.uint(),
      mtime: this.time(),
      stamp: this.stamp(),
    };
  }

  /** To be called last: nothing may be left. */
  end(): void {
    if (this.remaining !== 0) throw protocolFailure('a frame that is too long');
  }
}

/** Builds a body, growing as needed. Lengths and ranges are the caller's promise. */
export class Writer {
  #bytes: Buffer;
  #at: number;

  /** `reserve` bytes are left free at the start. */
  constructor(reserve = 0, size = 128) {
    this.#bytes = Buffer.allocUnsafe(reserve + size);
    this.#at = reserve;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  uint(value: number): this {
    this.#room(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** A part of `bytes`, short as it may be. */
  part(bytes: Buffer, start: number, end: number): this {
    this.#room(end - start);
    for (let at = start; at < end; at++) this.#bytes[this.#at++] = bytes[at] as number;
    return this;
  }

  /** Room for so many bytes, which `fill` writes to the place it is told. */
  fill<T>(length: number, fill: (into: Buffer, at: number) => T): T {
    this.#room(length);
    this.#at += length;
    return fill(this.#bytes, this.#at - length);
  }

  /** Takes back what was written since it was so long. */
  shorten(length: number): void {
    this.#at = length;
  }

  hex(text: string): this {
    this.#room(text.length / 2);
    this.#at += this.#bytes.write(text, this.#at, 'hex');
    return this;
  }

  text(text: string): this {
    const length = Buffer.byteLength(text);
    this.uint(length).#room(length);
    this.#at += this.#bytes.write(text, this.#at, 'utf8');
    return this;
  }

  time(time: Time): this {
    return this.uint(time.s).uint(time.ns);
  }

  expect(expect: Expect): this {
    if (expect.kind === 'stamp') return this.u8(2).hex(expect.stamp);
    return this.u8(expect.kind === 'none' ? 1 : 0);
  }

  observed(path: string, entry: Entry | { kind: 'absent' }): this {
    this.text(path);
    switch (entry.kind) {
      case 'absent':
        return this.u8(0);
      case 'file':
        return this.u8(1).uint(entry.mode).uint(entry.size).time(entry.mtime).hex(entry.stamp);
      case 'directory':
        return this.u8(2).uint(entry.mode).hex(entry.stamp);
      case 'symlink':
        return this.u8(3).text(entry.target).hex(entry.stamp);
      case 'other':
        return this.u8(4).text(entry.what);
      case 'unreadable':
        this.u8(5).text(entry.reason);
    }
    return this;
  }

  /** What was written, the reserved bytes included. The writer must not be used afterwards. */
  get length(): number {
    return this.#at;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}
