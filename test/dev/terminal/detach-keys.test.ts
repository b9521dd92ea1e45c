import { Readable, type Transform } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { detachKeys, typedEnd } from '../../../src/dev/terminal/detach-keys.js';

async function through(transform: Transform, chunks: string[]): Promise<string> {
  let text = '';
  for await (const chunk of Readable.from(chunks.map((one) => Buffer.from(one))).pipe(transform))
    text += String(chunk);
  return text;
}

describe('detachKeys', () => {
  it.each<[string, string[], string, number]>([
    ['other keys', ['ab\u0003', 'c'], 'ab\u0003c', 0],
    ['both keys at once', ['a\u0010\u0011b'], 'a', 1],
    ['one after the other', ['a\u0010', '\u0011', 'b'], 'a', 1],
    ['another key between', ['\u0010', 'x', '\u0011'], '\u0010x\u0011', 0],
    ['the first key twice', ['\u0010', '\u0010', '\u0011'], '\u0010', 1],
    ['the first key alone', ['a\u0010'], 'a\u0010', 0],
  ])('%s', async (_name, chunks, passed, times) => {
    let detached = 0;
    expect(
      await through(
        detachKeys(() => (detached += 1)),
        chunks,
      ),
    ).toBe(passed);
    expect(detached).toBe(times);
  });
});

describe('typedEnd', () => {
  it.each<[string[], string]>([
    [[], '\u0004'],
    [['exit\n'], 'exit\n\u0004'],
    [['no newline'], 'no newline\u0004\u0004'],
  ])('%j', async (chunks, passed) => {
    expect(await through(typedEnd(), chunks)).toBe(passed);
  });
});
