import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isFailure } from '../../../src/base/failure.js';
import { type Frame, FrameDecoder, maxFrameLength } from '../../../src/sync/wire/frame.js';
import { type ClientMessage, decodeHelper, encodeClient } from '../../../src/sync/wire/messages.js';
import { maxFiles, PutsFrame } from '../../../src/sync/wire/puts.js';
import { type Expect, Reader, Writer } from '../../../src/sync/wire/values.js';
import { fieldsOf, sharedVectors, type Vector } from '../../rig/vectors.js';

const vectors = sharedVectors('wire');

interface Expected {
  path: string;
  expect: Expect;
  mode: number;
  mtime: { s: number; ns: number };
  hash: string;
}

const isProtocolFailure = (error: unknown) => isFailure(error, 'SYNC_PROTOCOL');

/** Everything the bytes hold, pushed in pieces of that size. */
function decodeAll(bytes: Buffer, piece = bytes.length): Frame[] {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    for (const { type, body } of decoder.push(bytes.subarray(at, at + piece)))
      frames.push({ type, body: Buffer.from(body) });
  }
  return frames;
}

function encodePuts({ fields }: Vector): Buffer {
  const { id, files } = fields as { id: number; files: (Expected & { content: string })[] };
  const frame = new PutsFrame(id, 0, files.length);
  for (const { path, expect: expected, mode, mtime, content, hash } of files) {
    const size = content.length / 2;
    // What was not to be had leaves nothing behind.
    frame.add(`not/${path}`, expected, { mode, mtime, size }, () => undefined);
    frame.add(path, expected, { mode, mtime, size }, (into, at) => {
      into.write(content, at, 'hex');
      return hash;
    });
  }
  return frame.finish();
}

describe('the shared vectors', () => {
  it.each(vectors.client.map((vector) => [vector.name, vector] as const))('encodes %s', (_, vector) => {
    const frame =
      vector.frame === 'PUTS' ? encodePuts(vector) : encodeClient(fieldsOf(vector) as ClientMessage);
    expect(frame.toString('hex')).toBe(vector.hex);
  });

  it.each(vectors.helper.map((vector) => [vector.name, vector] as const))('decodes %s', (_, vector) => {
    const [frame] = decodeAll(Buffer.from(vector.hex, 'hex'), 3);
    expect(frame && decodeHelper(frame.type, frame.body)).toEqual(fieldsOf(vector));
  });

  const invalid = vectors.invalid.filter(({ direction }) => direction === 'helper');
  it.each(invalid.map((one) => [one.name, one] as const))('refuses %s', (_, { hex, zeros }) => {
    const bytes = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(zeros ?? 0)]);
    const decode = () => decodeAll(bytes).map(({ type, body }) => decodeHelper(type, body));
    expect(decode).toThrow(expect.toSatisfy(isProtocolFailure));
  });
});

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const frame = fc.record({
      type: fc.integer({ min: 0, max: 255 }),
      body: fc.uint8Array({ maxLength: 3000 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), fc.integer({ min: 1, max: 5000 }), (frames, piece) => {
        const bytes = Buffer.concat(
          frames.map(({ type, body }) => {
            const head = Buffer.alloc(5, type);
            head.writeUInt32BE(body.length + 1);
            return Buffer.concat([head, body]);
          }),
        );
        const decoded = decodeAll(bytes, piece).map(({ type, body }) => ({
          type,
          body: new Uint8Array(body),
        }));
        expect(decoded).toEqual(frames);
      }),
    );
  });

  it('refuse a length before the frame is there', () => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(maxFrameLength + 1);
    expect(() => decodeAll(head)).toThrow(expect.toSatisfy(isProtocolFailure));
  });
});

describe('garbage', () => {
  it('is decoded, or refused as a protocol failure, never anything else', () => {
    const types = fc.constantFrom(
      0x80,
      0x81,
      0x82,
      0x83,
      0x84,
      0x85,
      0x86,
      0x87,
      0x8a,
      0x8b,
      0x8d,
      0x8e,
      0x8f,
      0x42,
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // Close to valid: the body of a real message with one byte changed.
      fc
        .tuple(fc.constantFrom(...vectors.helper), fc.nat(), fc.nat({ max: 255 }))
        .map(([{ hex }, at, value]) => {
          const bytes = Buffer.from(hex, 'hex').subarray(5);
          if (bytes.length > 0) bytes[at % bytes.length] = value;
          return new Uint8Array(bytes);
        }),
    );
    fc.assert(
      fc.property(types, body, (type, bytes) => {
        try {
          decodeHelper(type, Buffer.from(bytes));
        } catch (error) {
          expect(error).toSatisfy(isProtocolFailure);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    [maxFiles, true],
    [maxFiles + 1, false],
  ])('an answer for %i files is taken: %s', (count, isTaken) => {
    const body = new Writer().uint(1);
    for (let index = 0; index < count; index++) body.uint(1).text('');
    const decode = () => decodeHelper(0x87, body.finish());
    if (isTaken) expect(decode()).toMatchObject({ outcomes: { length: count } });
    else expect(decode).toThrow(expect.toSatisfy(isProtocolFailure));
  });

  it('that claims many entries costs no memory', () => {
    const body = new Writer()
      .u8(0)
      .uint(2 ** 40)
      .finish();
    expect(() => decodeHelper(0x82, body)).toThrow(expect.toSatisfy(isProtocolFailure));
  });
});

/** No half of a surrogate pair: those have no UTF-8. */
const isWellFormed = (text: string) => Buffer.from(text).toString() === text;

describe('values', () => {
  const stamp = fc
    .uint8Array({ minLength: 8, maxLength: 8 })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
  const mode = fc.integer({ min: 0, max: 0o7777 });
  const time = fc.record({ s: fc.maxSafeNat(), ns: fc.integer({ min: 0, max: 999_999_999 }) });
  const path = fc
    .array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 })
    .map((segments) =>
      segments.map((one) => one.replaceAll(/[/\0]/g, '_').replace(/^\.{1,2}$/, '_')).join('/'),
    )
    .filter(isWellFormed);
  const wellFormed = fc.string({ unit: 'grapheme' }).filter(isWellFormed);
  const entry = fc.oneof(
    fc.record({ kind: fc.constant('absent' as const) }),
    fc.record({ kind: fc.constant('file' as const), mode, size: fc.maxSafeNat(), mtime: time, stamp }),
    fc.record({ kind: fc.constant('directory' as const), mode, stamp }),
    fc.record({ kind: fc.constant('symlink' as const), target: wellFormed, stamp }),
    fc.record({ kind: fc.constant('other' as const), what: wellFormed }),
    fc.record({ kind: fc.constant('unreadable' as const), reason: wellFormed }),
  );

  it('come out of an entry as they went in', () => {
    fc.assert(
      fc.property(path, entry, (path, entry) => {
        const from = new Reader(new Writer(0, 1).observed(path, entry).finish());
        expect(from.observed()).toEqual({ path, ...entry });
        from.end();
      }),
    );
  });

  it('numbers up to 2^53 - 1', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(new Reader(new Writer().uint(value).finish()).uint()).toBe(value);
      }),
    );
  });
});
