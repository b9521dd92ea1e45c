import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { conflictLines, type ConflictLines } from '../../src/report/conflict-lines.js';

let lines: string[];
let conflicts: ConflictLines;
beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  conflicts = conflictLines((_, text, _details, hint) => lines.push(hint ? `${text} | ${hint}` : text));
});
afterEach(() => {
  conflicts.flush();
  vi.useRealTimers();
});
const add = (count: number, from = 0) => {
  for (let i = from; i < from + count; i++)
    conflicts.add({ type: 'sync-conflict', path: `f${i}`, kept: 'remote', savedAs: `t/f${i}` });
};

it('tells a few one by one, with how to get the other version', () => {
  add(2);
  expect(lines).toEqual([
    "f0 was changed on both sides; kept the container's version, yours is in t/f0 | devspace sync undo f0",
    "f1 was changed on both sides; kept the container's version, yours is in t/f1",
  ]);
  vi.advanceTimersByTime(10_000);
  expect(lines).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

it('tells of thousands only how many', () => {
  add(1000);
  expect(lines).toHaveLength(5);
  vi.advanceTimersByTime(2_000);
  expect(lines.slice(5)).toEqual([
    '995 more files were changed on both sides; the versions that lost are in the trash | devspace sync status',
  ]);
  add(10, 1000);
  vi.advanceTimersByTime(2_000);
  expect(lines.at(-1)).toMatch(/^10 more files/);
  vi.advanceTimersByTime(2_000);
  // After a rest each one is told again.
  add(1, 2000);
  expect(lines.at(-1)).toMatch(/^f2000 /);
});

it('keeps none for itself at the end', () => {
  add(6);
  conflicts.flush();
  expect(lines.at(-1)).toMatch(/^1 more file was /);
});

it('offers no command that would have to be quoted', () => {
  conflicts.add({ type: 'sync-conflict', path: 'a $(b)', kept: 'local', savedAs: 't' });
  conflicts.add({ type: 'sync-conflict', path: '-x', kept: 'local', savedAs: 't' });
  expect(lines.join('\n')).not.toContain('|');
});
