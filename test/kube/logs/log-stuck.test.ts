import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { endWhenStuck } from '../../../src/kube/logs/log-stuck.js';

const busy = Buffer.alloc(300 * 1024, 'x');

describe('endWhenStuck', () => {
  it('ends a stream that was busy and is silent', async () => {
    const stream = new PassThrough();
    stream.write(busy);
    let bytes = 0;
    for await (const piece of endWhenStuck(stream, stream, undefined, 50)) bytes += piece.length;
    expect([bytes, stream.destroyed]).toEqual([busy.length, true]);
  });

  it.each(['adjacent', 'distant'] as const)(
    'ends one that brought little when there is a later file: %s',
    async (later) => {
      const stream = new PassThrough();
      stream.write('a few bytes');
      let bytes = 0;
      for await (const piece of endWhenStuck(stream, stream, () => later, 50)) bytes += piece.length;
      expect([bytes, stream.destroyed]).toEqual([11, true]);
    },
  );

  it('leaves alone one that brought little', async () => {
    const stream = new PassThrough();
    stream.write('a few bytes');
    const pieces = endWhenStuck(stream, stream, undefined, 20);
    await pieces.next();
    const next = pieces.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    stream.write('and more, later');
    expect(String((await next).value)).toBe('and more, later');
    await pieces.return(undefined);
  });

  it('does not take for silence that nobody takes what is there', async () => {
    const stream = new PassThrough();
    stream.write(busy);
    const pieces = endWhenStuck(stream, stream, undefined, 20);
    await pieces.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stream.destroyed).toBe(false);
    await pieces.return(undefined);
  });

  it('passes on how a stream broke', async () => {
    const stream = new PassThrough();
    stream.write(busy);
    const read = async () => {
      for await (const _ of endWhenStuck(stream, stream, undefined, 1000)) stream.destroy(new Error('cut'));
    };
    await expect(read()).rejects.toThrow('cut');
  });
});
