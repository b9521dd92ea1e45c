import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLogLine, splitLines } from '../../src/kube/log-lines.js';

async function* inPieces(data: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut > from && cut < data.length) {
      yield data.subarray(from, cut);
      from = cut;
    }
  }
  yield data.subarray(from);
}

async function lines(source: AsyncIterable<Buffer>, limit?: number): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of splitLines(source, limit === undefined ? {} : { limit })) all.push(...batch);
  return all;
}

describe('splitLines', () => {
  it('gives the same lines however the bytes were cut', async () => {
    const text = fc
      .array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', '')))
      .map((all) => all.join('\n'));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(200)), async (whole, cuts) => {
        const expected = whole.split('\n');
        // A line end at the very end does not begin another line.
        if (expected.at(-1) === '') expected.pop();
        expect(await lines(inPieces(Buffer.from(whole), cuts))).toEqual(expected);
      }),
    );
  });

  it('can leave out a last line that has no end', async () => {
    const all: string[][] = [];
    for await (const batch of splitLines(inPieces(Buffer.from('a\nb'), []), { endedOnly: true }))
      all.push(batch);
    expect(all).toEqual([['a']]);
  });

  it('cuts a line over the limit into pieces, between characters', async () => {
    const long = 'ä€😀'.repeat(20);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(180)), fc.integer({ min: 4, max: 50 }), async (cuts, limit) => {
        const pieces = await lines(inPieces(Buffer.from(`${long}\nend`), cuts), limit);
        expect(pieces.join('')).toBe(`${long}end`);
        expect(pieces.at(-1)).toBe('end');
      }),
    );
  });

  it('holds at most about the limit of a line without end', async () => {
    const chunk = Buffer.alloc(1000, 'x');
    let longest = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (let count = 0; count < 1000; count += 1) yield chunk;
    }
    for await (const batch of splitLines(endless(), { limit: 5000 }))
      longest = Math.max(longest, ...batch.map((one) => one.length));
    expect(longest).toBe(5000);
  });
});

describe('parseLogLine', () => {
  it.each([
    ['2026-01-01T00:00:00Z hello world', '2026-01-01T00:00:00Z', 'hello world'],
    ['2026-01-01T00:00:00.123456789Z ', '2026-01-01T00:00:00.123456789Z', ''],
    ['2026-01-01T00:00:00.123456789+02:00 x', '2026-01-01T00:00:00.123456789+02:00', 'x'],
    ['the rest of a long line', undefined, 'the rest of a long line'],
    ['', undefined, ''],
  ])('%s', (line, time, text) => {
    expect(parseLogLine(line)).toEqual({ time, text });
  });
});
