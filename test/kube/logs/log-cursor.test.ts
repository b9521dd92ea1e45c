import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogCursor } from '../../../src/kube/logs/log-cursor.js';

const time = (second: number, nanos: number): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(nanos).padStart(9, '0').replace(/0+$/, '') || '0'}Z`;

/** What a server sends for `sinceTime`: the lines of that second or later. */
function readAgain(lines: readonly string[], since: string | undefined): string[] {
  return since === undefined ? [...lines] : lines.filter((line) => Date.parse(line) >= Date.parse(since));
}

describe('LogCursor', () => {
  it('neither loses nor repeats a line, wherever the stream breaks', () => {
    const line = fc.record({ stepMs: fc.nat(1500), backMs: fc.nat(900), nanos: fc.nat(999_999) });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.array(fc.nat(30), { maxLength: 6 }),
        (steps, lengths) => {
          let at = 10_000;
          const log = steps.map(({ stepMs, backMs, nanos }) => {
            at = Math.min(at + stepMs, 59_999);
            // stdout and stderr are stamped apart.
            const stamp = at - backMs;
            return time(Math.floor(stamp / 1000), (stamp % 1000) * 1_000_000 + nanos);
          });
          const cursor = new LogCursor();
          const seen: string[] = [];
          for (const length of [...lengths, log.length]) {
            const again = readAgain(log, cursor.since);
            cursor.restart();
            for (const one of again.slice(0, length))
              if (!cursor.accept(one).endsWith('seen')) seen.push(one);
          }
          expect(seen).toEqual(log);
        },
      ),
    );
  });

  it('keeps equal times apart by their count', () => {
    const cursor = new LogCursor();
    const log = Array.from({ length: 5 }, () => time(1, 5));
    cursor.restart();
    expect(log.slice(0, 3).map((one) => cursor.accept(one))).toEqual(['new', 'new', 'new']);
    cursor.restart();
    expect(log.map((one) => cursor.accept(one))).toEqual(['seen', 'seen', 'last-seen', 'new', 'new']);
  });

  it('goes on at the first newer line when the seen ones were rotated away', () => {
    const cursor = new LogCursor();
    for (let count = 0; count < 4; count += 1) cursor.accept(time(1, count));
    cursor.restart();
    expect([time(1, 3), time(1, 4), time(2, 0)].map((one) => cursor.accept(one))).toEqual([
      'seen',
      'new',
      'new',
    ]);
  });

  it.each([
    ['same', 'after-gap'],
    ['next', 'new'],
  ] as const)('in the %s log, what comes instead of all seen lines is %s', (log, verdict) => {
    const cursor = new LogCursor();
    for (let count = 0; count < 4; count += 1) cursor.accept(time(1, count));
    cursor.restart(log);
    expect([time(1, 9), time(2, 0)].map((one) => cursor.accept(one))).toEqual([verdict, 'new']);
  });

  it('asks for whole seconds in UTC, one earlier', () => {
    const cursor = new LogCursor();
    expect(cursor.since).toBeUndefined();
    cursor.accept('2026-01-01T02:00:07.9+02:00');
    expect(cursor.since).toBe('2026-01-01T00:00:06Z');
  });
});
