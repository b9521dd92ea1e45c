import type { Entry, FileEntry, Observed, Time } from '../core/entry.js';
import { maxDataLength } from './frame.js';
import { maxFiles } from './puts.js';
import { type Expect, protocolFailure, Reader, Writer } from './values.js';

export const protocolVersion = 3;

/** Flags of OPEN. */
export const openFlags = { noWatch: 1, createRoot: 2, poll: 4 } as const;

/** A part of a file; `length` > 0. */
export interface Range {
  offset: number;
  length: number;
}

/** Client to helper; the names and fields are those of docs/sync-protocol.md. PUTS is in puts.ts. */
export type ClientMessage =
  | { frame: 'OPEN'; version: number; root: string; flags: number; exclude: readonly string[] }
  | { frame: 'SCAN'; id: number; path: string }
  | { frame: 'HASH'; id: number; path: string }
  | { frame: 'GET'; id: number; path: string; expect: Expect; ranges: readonly Range[] }
  | { frame: 'PUT'; id: number; path: string; expect: Expect; mode: number; mtime: Time; size: number }
  | { frame: 'MKDIR'; id: number; path: string; expect: Expect; mode: number }
  | { frame: 'REMOVE'; id: number; path: string; expect: Expect }
  | { frame: 'CHMOD'; id: number; path: string; expect: Expect; mode: number }
  | { frame: 'SYMLINK'; id: number; path: string; expect: Expect; target: string }
  | { frame: 'DATA'; id: number; content: Buffer }
  | { frame: 'END'; id: number; hash: string }
  | { frame: 'CANCEL'; id: number }
  | { frame: 'PING'; nonce: number }
  | { frame: 'BYE' }
  | { frame: 'SIGN'; id: number; path: string; expect: Expect; blockSize: number }
  | { frame: 'COPY'; id: number; offset: number; length: number };

/** How one file of a PUTS went: what is there now, or a code of FAILED and why. */
export type Outcome = { file: FileEntry } | { code: number; message: string };

/** Helper to client. */
export type HelperMessage =
  | { frame: 'HELLO'; version: number; os: string; arch: string; pid: number }
  | { frame: 'OPENED'; root: string; flags: number }
  | { frame: 'ENTRIES'; source: number; entries: Observed[] }
  | { frame: 'SCANNED'; id: number }
  | { frame: 'HASHED'; id: number; hash: string; stamp: string }
  | { frame: 'APPLIED'; id: number; entry: Observed }
  | { frame: 'FAILED'; id: number; code: number; message: string }
  | { frame: 'PLACED'; id: number; outcomes: Outcome[] }
  | { frame: 'DATA'; id: number; content: Buffer }
  | { frame: 'END'; id: number; hash: string; entry: Observed }
  | { frame: 'PONG'; nonce: number }
  | { frame: 'NOTICE'; code: number; message: string }
  | { frame: 'FATAL'; code: number; message: string };

/** The whole frame of a message, length included. */
export function encodeClient(message: ClientMessage): Buffer {
  return seal(build(message));
}

function build(message: ClientMessage): Writer {
  switch (message.frame) {
    case 'OPEN': {
      const to = begin(0x01).uint(message.version).text(message.root).uint(message.flags);
      to.uint(message.exclude.length);
      for (const pattern of message.exclude) to.text(pattern);
      return to;
    }
    case 'SCAN':
      return begin(0x02).uint(message.id).text(message.path);
    case 'HASH':
      return begin(0x03).uint(message.id).text(message.path);
    case 'GET': {
      const to = target(0x04, message).uint(message.ranges.length);
      for (const { offset, length } of message.ranges) to.uint(offset).uint(length);
      return to;
    }
    case 'PUT':
      return target(0x05, message).uint(message.mode).time(message.mtime).uint(message.size);
    case 'MKDIR':
      return target(0x06, message).uint(message.mode);
    case 'REMOVE':
      return target(0x07, message);
    case 'CHMOD':
      return target(0x08, message).uint(message.mode);
    case 'SYMLINK':
      return target(0x09, message).text(message.target);
    case 'DATA':
      return begin(0x0a, message.content.length + 16)
        .uint(message.id)
        .raw(message.content);
    case 'END':
      return begin(0x0b).uint(message.id).hex(message.hash);
    case 'CANCEL':
      return begin(0x0c).uint(message.id);
    case 'PING':
      return begin(0x0d).uint(message.nonce);
    case 'SIGN':
      return target(0x0f, message).uint(message.blockSize);
    case 'COPY':
      return begin(0x10).uint(message.id).uint(message.offset).uint(message.length);
    case 'BYE':
      break;
  }
  return begin(0x0e);
}

/** The opposite of the helper's encoder. Throws SYNC_PROTOCOL for anything the page does not allow. DATA's content is a view of `body`. */
export function decodeHelper(type: number, body: Buffer): HelperMessage {
  const from = new Reader(body);
  const message = read(type, from);
  from.end();
  return message;
}

function read(type: number, from: Reader): HelperMessage {
  switch (type) {
    case 0x80:
      return { frame: 'HELLO', version: from.uint(), os: from.text(), arch: from.text(), pid: from.uint() };
    case 0x81:
      return { frame: 'OPENED', root: from.text(), flags: from.uintUpTo(1, 'the flags') };
    case 0x82:
      return { frame: 'ENTRIES', source: source(from), entries: entries(from) };
    case 0x83:
      return { frame: 'SCANNED', id: from.uint() };
    case 0x84:
      return { frame: 'HASHED', id: from.uint(), hash: from.hash(), stamp: from.stamp() };
    case 0x85:
      return { frame: 'APPLIED', id: from.uint(), entry: from.observed() };
    case 0x86:
      return { frame: 'FAILED', id: from.uint(), code: from.uint(), message: from.text() };
    case 0x87:
      return { frame: 'PLACED', id: from.uint(), outcomes: outcomes(from) };
    case 0x8a:
      return { frame: 'DATA', id: from.uint(), content: data(from) };
    case 0x8b:
      return { frame: 'END', id: from.uint(), hash: from.hash(), entry: from.observed() };
    case 0x8d:
      return { frame: 'PONG', nonce: from.uint() };
    case 0x8e:
      return { frame: 'NOTICE', code: from.uint(), message: from.text() };
    case 0x8f:
      return { frame: 'FATAL', code: from.uint(), message: from.text() };
    default:
      throw protocolFailure(`a frame of type ${type}`);
  }
}

function source(from: Reader): number {
  const source = from.u8();
  if (source > 1) throw protocolFailure(`entries of source ${source}`);
  return source;
}

function entries(from: Reader): Observed[] {
  const count = from.uint();
  // An entry has at least two bytes: a claimed count costs nothing before it is seen to be true.
  if (count > from.remaining / 2) throw protocolFailure(`${count} entries in one frame`);
  return Array.from({ length: count }, () => from.observed());
}

function outcomes(from: Reader): Outcome[] {
  const outcomes: Outcome[] = [];
  do {
    if (outcomes.length === maxFiles) throw protocolFailure('too many files in one answer');
    const code = from.uint();
    outcomes.push(code === 0 ? { file: from.file() } : { code, message: from.text() });
  } while (from.remaining > 0);
  return outcomes;
}

function data(from: Reader): Buffer {
  if (from.remaining > maxDataLength)
    throw protocolFailure(`${from.remaining} bytes of content in one frame`);
  return from.rest();
}

/** Length (4 bytes, filled in by `seal`) and type. */
function begin(type: number, size?: number): Writer {
  return new Writer(4, size).u8(type);
}

function target(type: number, message: { id: number; path: string; expect: Expect }): Writer {
  return begin(type).uint(message.id).text(message.path).expect(message.expect);
}

function seal(writer: Writer): Buffer {
  const frame = writer.finish();
  frame.writeUInt32BE(frame.length - 4, 0);
  return frame;
}

/** Expectation that what was seen is still there. */
export function expectSeen(entry: Entry | undefined): Expect {
  if (entry === undefined) return { kind: 'none' };
  return 'stamp' in entry ? { kind: 'stamp', stamp: entry.stamp } : { kind: 'any' };
}
