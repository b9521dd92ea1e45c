import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { inBlocks } from '../../../src/kube/logs/in-blocks.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('inBlocks', () => {
  it('gives in one what has come in many pieces, and nothing late', async () => {
    const stream = new PassThrough();
    const blocks = inBlocks(stream);
    const first = blocks.next();
    for (let line = 0; line < 100; line += 1) stream.write(`${line}\n`);
    expect(String((await first).value).split('\n')).toHaveLength(101);
    const second = blocks.next();
    stream.write('alone\n');
    expect(String((await second).value)).toBe('alone\n');
    stream.end('last');
    expect(String((await blocks.next()).value)).toBe('last');
    expect((await blocks.next()).done).toBe(true);
    expect(stream.destroyed).toBe(true);
  });

  it('reads ahead of who takes the blocks, but not without end', async () => {
    const stream = new PassThrough();
    const blocks = inBlocks(stream);
    stream.write('x');
    await blocks.next();
    let written = 1;
    for (let waits = 0; waits < 5; await turn()) {
      const hasRoom = stream.write(Buffer.alloc(16 * 1024));
      written += 16 * 1024;
      waits = hasRoom ? 0 : waits + 1;
    }
    expect(written).toBeGreaterThan(256 * 1024);
    expect(written).toBeLessThan(512 * 1024);
    let taken = 1;
    stream.end();
    for await (const block of blocks) taken += block.length;
    expect(taken).toBe(written);
  });

  it('throws what the stream broke with, after what came before', async () => {
    const stream = new PassThrough();
    const blocks = inBlocks(stream);
    const first = blocks.next();
    stream.write('before');
    expect(String((await first).value)).toBe('before');
    stream.destroy(new Error('cut'));
    await expect(blocks.next()).rejects.toThrow('cut');
  });

  it('takes a stream that closes before its end for a broken one', async () => {
    const stream = new PassThrough();
    const blocks = inBlocks(stream);
    const next = blocks.next();
    stream.destroy();
    await expect(next).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('closes a stream nobody reads on', async () => {
    const stream = new PassThrough();
    const blocks = inBlocks(stream);
    stream.write('x');
    await blocks.next();
    await blocks.return(undefined);
    expect(stream.destroyed).toBe(true);
  });
});
