import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../src/base/failure.js';
import { dataHead, decodeTunnel, encodeTunnel, type TunnelRequest } from '../../../src/dev/tunnel/frames.js';
import { FrameDecoder } from '../../../src/sync/wire/frame.js';
import { fieldsOf, sharedVectors } from '../../rig/vectors.js';

const vectors = sharedVectors('tunnel');

const decodeAll = (bytes: Buffer) =>
  [...new FrameDecoder().push(bytes)].map(({ type, body }) => decodeTunnel(type, body));

describe('the shared vectors of the tunnel', () => {
  it.each(vectors.client.map((one) => [one.name, one] as const))('encodes %s', (_, vector) => {
    const message = fieldsOf(vector) as TunnelRequest;
    expect(encodeTunnel(message).toString('hex')).toBe(vector.hex);
    if (message.frame !== 'DATA') return;
    const { content, stream } = message;
    expect(Buffer.concat([dataHead(stream, content.length), content]).toString('hex')).toBe(vector.hex);
  });

  it.each(vectors.helper.map((one) => [one.name, one] as const))('decodes %s', (_, vector) => {
    expect(decodeAll(Buffer.from(vector.hex, 'hex'))).toEqual([fieldsOf(vector)]);
  });

  const invalid = vectors.invalid;
  it.each(invalid.filter((one) => one.direction === 'helper').map((one) => [one.name, one] as const))(
    'refuses %s',
    (_, { hex, zeros }) => {
      const bytes = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(zeros ?? 0)]);
      expect(() => decodeAll(bytes)).toThrow(
        expect.toSatisfy((error) => isFailure(error, 'TUNNEL_PROTOCOL') || isFailure(error, 'SYNC_PROTOCOL')),
      );
    },
  );
});

describe('garbage', () => {
  it('is decoded, or refused as a protocol failure, never anything else', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      // Close to valid: a real body with one byte changed.
      fc
        .tuple(fc.constantFrom(...vectors.helper), fc.nat(), fc.nat({ max: 255 }))
        .map(([{ hex }, at, value]) => {
          const bytes = Buffer.from(hex, 'hex').subarray(5);
          if (bytes.length > 0) bytes[at % bytes.length] = value;
          return new Uint8Array(bytes);
        }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 255 }), body, (type, bytes) => {
        try {
          decodeTunnel(type, Buffer.from(bytes));
        } catch (error) {
          expect(error).toSatisfy((one) => isFailure(one, 'TUNNEL_PROTOCOL'));
        }
      }),
      { numRuns: 1500 },
    );
  });
});
