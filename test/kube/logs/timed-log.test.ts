import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogCursor } from '../../../src/kube/logs/log-cursor.js';
import { maxHeldBytes, TimedLog } from '../../../src/kube/logs/timed-log.js';

const stamp = (ms: number, nanos = 0): string =>
  new Date(Date.UTC(2026, 0, 1) + ms).toISOString().replace('Z', `${String(nanos).padStart(6, '0')}Z`);

/** Copies, for what is read is overwritten; one piece for each cut. */
function pieces(data: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set([0, ...cuts.filter((cut) => cut < data.length), data.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => Buffer.from(data.subarray(at[index], end)));
}

function reader() {
  const gaps: string[] = [];
  const cursor = new LogCursor();
  const out: Buffer[] = [];
  const log = new TimedLog(cursor, () => gaps.push(Buffer.concat(out).toString('latin1')));
  return {
    log,
    cursor,
    gaps,
    read: (data: Buffer | string, cuts: readonly number[] = []): void => {
      for (const piece of pieces(Buffer.from(data), cuts)) out.push(Buffer.from(log.push(piece)));
    },
    rest: () => out.push(Buffer.from(log.rest())),
    bytes: () => Buffer.concat(out),
    text: () => Buffer.concat(out).toString('utf8'),
  };
}

describe('TimedLog', () => {
  it('takes off the timestamps, byte for byte, however the bytes arrive', () => {
    const line = fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(2000)), fc.boolean(), (lines, cuts, ended) => {
        const end = Buffer.from(ended || lines.length === 0 ? '' : '\n');
        const join = (parts: Buffer[]) =>
          Buffer.concat(
            parts.flatMap((part, index) => [part, index < parts.length - 1 ? Buffer.from('\n') : end]),
          );
        const timed = lines.map((text, index) =>
          Buffer.concat([Buffer.from(`${stamp(index * 400)} `), text]),
        );
        const { bytes, read, rest } = reader();
        read(join(timed), cuts);
        rest();
        expect(bytes().equals(join(lines))).toBe(true);
      }),
    );
  });

  it('passes on whole lines only, and the last one at the end', () => {
    const { read, rest, text } = reader();
    read(`${stamp(0)} one\n${stamp(1)} tw`);
    expect(text()).toBe('one\n');
    read('o');
    expect(text()).toBe('one\n');
    rest();
    expect(text()).toBe('one\ntwo');
  });

  it('neither loses nor repeats a byte wherever connections break, within very long lines too', () => {
    const sizes = fc.array(fc.oneof(fc.nat(50), fc.integer({ min: 1, max: 3 * maxHeldBytes })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
        (lengths, breaks) => {
          const lines = lengths.map((size, index) => `${`${index}`.padEnd(size, 'äbc')}\n`);
          const one = reader();
          const since = () => Date.parse(one.cursor.since ?? '2000-01-01T00:00:00Z');
          for (const part of [...breaks, 1]) {
            const again = lines.filter((_, index) => Date.parse(stamp(index * 700)) >= since());
            const first = lines.length - again.length;
            const data = Buffer.from(
              again.map((text, index) => `${stamp((first + index) * 700)} ${text}`).join(''),
            );
            one.log.restart('same');
            const end = Math.floor(data.length * part);
            one.read(
              data.subarray(0, end),
              Array.from({ length: 60 }, (_, index) => index * 64 * 1024),
            );
          }
          expect(one.text() === lines.join('')).toBe(true);
          expect(one.gaps).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  }, 30_000);

  it('holds about a megabyte of a line without end', () => {
    const { log } = reader();
    log.push(Buffer.from(`${stamp(0)} `));
    let passed = 0;
    for (let sent = 0; sent < 20; sent += 1) passed += log.push(Buffer.alloc(512 * 1024, 'x')).length;
    expect(passed).toBeGreaterThan(20 * 512 * 1024 - 1.1 * maxHeldBytes);
  });

  it('takes the timestamps out of a line that an old server has cut into parts', () => {
    const parts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(16 * 1024));
    for (const last of ['rest', '']) {
      const { read, text } = reader();
      const line = [...parts, last].map((part, index) => `${stamp(index)} ${part}`).join('');
      read(`${line}\n${stamp(9)} next\n`, [16_400, 20_000, 32_830]);
      expect(text()).toBe(`${parts.join('')}${last}\nnext\n`);
    }
  });

  it('takes them out of a very long one, too', () => {
    const parts = Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(16 * 1024, 'x'));
    const data = `${parts.map((part, index) => `${stamp(index)} ${part}`).join('')}\n`;
    for (const step of [1000, 16_384, 65_536]) {
      const { read, text } = reader();
      read(
        data,
        Array.from({ length: data.length / step }, (_, index) => index * step),
      );
      expect(text() === `${parts.join('')}\n`).toBe(true);
    }
  });

  it('leaves alone what looks like a timestamp elsewhere', () => {
    const { read, text } = reader();
    read(`${stamp(0)} ${stamp(1)} by the program itself ${stamp(2)} \n`);
    expect(text()).toBe(`${stamp(1)} by the program itself ${stamp(2)} \n`);
  });

  it('tells before the first line that comes instead of seen ones', () => {
    const one = reader();
    one.read(`${stamp(0)} one\n${stamp(500)} two\n`);
    one.log.restart('same');
    one.read(`${stamp(5000)} six\n`);
    expect([one.text(), one.gaps]).toEqual(['one\ntwo\nsix\n', ['one\ntwo\n']]);
    one.log.restart('next');
    one.read(`${stamp(6000)} seven\n`);
    expect(one.gaps).toHaveLength(1);
  });

  it('keeps what the node itself says apart, unless a log follows it', () => {
    const { log, read, text } = reader();
    read('the rest of a line that is older than what was asked for\n');
    read(`${stamp(0)} one\n`);
    expect(log.nodeText()).toBeUndefined();
    read(`${stamp(1)} a torn line`);
    expect(log.nodeText()).toBeUndefined();
    read('\nfailed to watch file "x": too many open files');
    expect(log.nodeText()).toBe('failed to watch file "x": too many open files');
    expect(text()).toBe('one\na torn line\n');
  });

  it('joins a line that the end of a file has cut with its rest in the next one', () => {
    const { log, read, text } = reader();
    read(`${stamp(0)} one\n${stamp(1)} tw`);
    log.restart('file', log.tornLine);
    read(`${stamp(2)} o\n${stamp(3)} three\n`, [40]);
    expect(text()).toBe('one\ntwo\nthree\n');
  });

  it('stops where a file begins that waits', () => {
    const { log, read, text } = reader();
    log.until = stamp(500);
    read(`${stamp(0)} one\n${stamp(1)} two\n${stamp(500)} three\n${stamp(501)} four\n`);
    expect([text(), log.doubt]).toEqual(['one\ntwo\n', { step: 'next', time: stamp(500) }]);
  });

  it('keeps a line while a file waits, until it is known what follows it', () => {
    const { log, read, text } = reader();
    log.until = stamp(5000);
    read(`${stamp(0)} one\n${stamp(1)} two\n`);
    expect(text()).toBe('one\n');
    read(`${stamp(2)} three\n`);
    expect(text()).toBe('one\ntwo\n');
    read(`${stamp(20_000)} four\n${stamp(20_001)} five\n`);
    expect([text(), log.doubt?.step]).toEqual(['one\ntwo\n', 'forward']);
    expect(log.takeLineBefore()).toEqual({ time: stamp(2), text: Buffer.from('three\n') });
    log.restart('file');
    read(`${stamp(5000)} of the next\n`);
    expect(log.end().toString()).toBe('');
    expect(text()).toBe('one\ntwo\nof the next\n');
  });

  it('passes on what it has kept when nothing follows, or what follows is no other file', () => {
    const { log, read, text } = reader();
    log.until = stamp(5000);
    read(`${stamp(0)} one\n${stamp(1)} two\n`);
    expect([text(), log.end().toString()]).toEqual(['one\n', 'two\n']);
    log.restart('file');
    log.until = stamp(50_000);
    read(`${stamp(2)} three\n${stamp(9000)} four\n${stamp(9001)} five\n`);
    expect([text(), log.goOn().toString()]).toEqual(['one\n', 'three\nfour\n']);
    expect(log.end().toString()).toBe('five\n');
  });
});
