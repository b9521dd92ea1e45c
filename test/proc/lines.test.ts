import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from '../../src/proc/lines.js';

function lines(chunks: readonly (string | Uint8Array)[], maxLength?: number): string[] {
  const found: string[] = [];
  const splitter = splitLines((line) => found.push(line), maxLength === undefined ? {} : { maxLength });
  for (const chunk of chunks) splitter.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  splitter.end();
  return found;
}

describe('splitLines', () => {
  it.each([
    ['nothing', [], []],
    ['a last line without line break', ['a\nb'], ['a', 'b']],
    ['no extra line after the last line break', ['a\n'], ['a']],
    ['empty lines', ['\n\na\n'], ['', '', 'a']],
    ['CRLF, cut in the middle', ['a\r', '\nb\r\n'], ['a', 'b']],
    ['a carriage return inside a line', ['10%\r20%\n'], ['10%\r20%']],
    ['lines in several chunks', ['a', 'b\nc', '\n'], ['ab', 'c']],
  ])('%s', (_name, chunks, expected) => {
    expect(lines(chunks)).toEqual(expected);
  });

  it('cuts a line that is too long into pieces', () => {
    expect(lines(['x'.repeat(10), 'x'.repeat(10), '\ny'], 8)).toEqual(['xxxxxxxx', 'xxxxxxxx', 'xxxx', 'y']);
  });

  it('gives the same lines wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ' '))),
        fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
        (expected, sizes) => {
          const bytes = Buffer.from(expected.map((line) => `${line}\n`).join(''));
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length;) {
            const size = sizes.next().value as number;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(lines(chunks)).toEqual(expected);
        },
      ),
    );
  });
});
