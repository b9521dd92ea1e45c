import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, FrameError } from '../../../src/kube/spdy/frame-decoder.js';
import { dataHeader, HeaderWriter, ping, rstStream, synStream } from '../../../src/kube/spdy/frames.js';
import { inflateBlocks } from './peer.js';

/** Decodes `chunks`; data of one stream that come one after the other are put together. */
function decode(chunks: readonly Buffer[]): string[] {
  const said: string[] = [];
  let last: { id: number; data: Buffer[]; fin: boolean } | undefined;
  const flush = () => {
    if (last)
      said.push(`data ${last.id} ${Buffer.concat(last.data).toString('hex')}${last.fin ? ' fin' : ''}`);
    last = undefined;
  };
  const say = (text: string) => {
    flush();
    said.push(text);
  };
  const decoder = new FrameDecoder({
    data: (id, data, fin) => {
      if (last?.id !== id || last.fin) flush();
      last ??= { id, data: [], fin };
      last.data.push(Buffer.from(data));
      last.fin = fin;
    },
    reply: (id, fin) => say(`reply ${id}${fin ? ' fin' : ''}`),
    reset: (id, status) => say(`reset ${id} ${status}`),
    opened: (id) => say(`opened ${id}`),
    ping: (id) => say(`ping ${id}`),
    goAway: () => say('go away'),
  });
  for (const chunk of chunks) decoder.push(chunk);
  flush();
  return said;
}

const streamId = fc.integer({ min: 1, max: 0x7fffffff });
const frame = fc.oneof(
  fc
    .record({ id: streamId, data: fc.uint8Array({ minLength: 1, maxLength: 300 }), fin: fc.boolean() })
    .map(({ id, data, fin }) => Buffer.concat([dataHeader(id, data.length, fin), data])),
  streamId.map((id) => ping(id)),
  streamId.map((id) => rstStream(id, 5)),
  fc.record({ id: streamId, fin: fc.boolean() }).map(({ id, fin }) => {
    return synStream(id, new HeaderWriter().write({ streamType: 'data' }), fin);
  }),
);

describe('the frames of SPDY', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(700)), (frames, cuts) => {
        const bytes = Buffer.concat(frames);
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(decode(chunks)).toEqual(decode([bytes]));
        expect(decode([...bytes].map((byte) => Buffer.from([byte])))).toEqual(decode([bytes]));
      }),
    );
  });

  it('end in a FrameError or wait for more, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          decode([Buffer.from(bytes)]);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  it.each([
    ['data for stream 0', [0, 0, 0, 0, 0, 0, 0, 1, 65]],
    ['another version', [0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1]],
    ['an unknown type', [0x80, 3, 0, 5, 0, 0, 0, 4, 0, 0, 0, 1]],
    ['a ping that is too long', [0x80, 3, 0, 6, 0, 0, 0, 5, 0, 0, 0, 1, 0]],
    ['a reset that is too short', [0x80, 3, 0, 3, 0, 0, 0, 4, 0, 0, 0, 1]],
    ['a reset of stream 0', [0x80, 3, 0, 3, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 5]],
    ['a header block of 16 MB', [0x80, 3, 0, 2, 0, 255, 255, 255]],
  ])('are refused: %s', (_, bytes) => {
    expect(() => decode([Buffer.from(bytes)])).toThrow(FrameError);
  });

  it('carry headers as one valid zlib stream', () => {
    const writer = new HeaderWriter();
    const blocks = [writer.write({ streamType: 'error', port: '80' }), writer.write({ streamType: 'data' })];
    expect(inflateBlocks(blocks).toString('latin1')).toBe(
      '\0\0\0\x02\0\0\0\x0astreamtype\0\0\0\x05error\0\0\0\x04port\0\0\0\x0280' +
        '\0\0\0\x01\0\0\0\x0astreamtype\0\0\0\x04data',
    );
  });
});
