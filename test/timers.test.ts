import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const decision = fileURLToPath(
  new URL('../docs/decisions/0006-watch-where-there-is-a-watch.md', import.meta.url),
);

/** Whatever lets time pass: timers, pauses, limits, files that are watched by looking at them, scripts that sleep. */
const CLOCK =
  /\bset(?:Timeout|Interval)\b|\bsleep\(|\bsleep \d|AbortSignal\.timeout\(|network\.pause\(|watchFile|usePolling|Atomics\.wait/;

const withClock = (text: string): boolean => text.split('\n').some((line) => CLOCK.test(line));

describe('the clock', () => {
  it('runs only in the files whose reason is in decision 6', () => {
    const found = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && withClock(readFileSync(join(src, name), 'utf8')))
      .map((name) => name.replaceAll('\\', '/'));
    expect(found.length).toBeGreaterThan(20);
    const explained = [...readFileSync(decision, 'utf8').matchAll(/`([\w/-]+\.ts)`/g)]
      .map(([, name = '']) => name)
      // The text above the lists names what watches.
      .filter((name) => !name.startsWith('test/') && (name.includes('/') || name === 'cli.ts'));
    const missing = found.filter((name) => !explained.includes(name));
    expect(missing, 'say in docs/decisions/0006 what they wait for and why by the clock').toEqual([]);
    const idle = explained.filter((name) => !found.includes(name.replace(/^src\//, '')));
    expect(idle, 'docs/decisions/0006 names them, and no clock runs in them').toEqual([]);
  });

  it.each([
    ['setInterval(look, 100)', true],
    ['await sleep(ms, signal)', true],
    ["import { setTimeout as delay } from 'node:timers/promises';", true],
    ["import { setImmediate } from 'node:timers/promises';", false],
    ["entrypoint: ['sleep'], cmd: ['999']", false],
  ])('is found: %s', (line, expected) => {
    expect(withClock(line)).toBe(expected);
  });
});
