import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stuck } from '../../../src/sync/merge/stuck.js';

describe('paths that are stuck', () => {
  let tried: string[];
  let stuck: Stuck;
  beforeEach(() => {
    vi.useFakeTimers();
    tried = [];
    stuck = new Stuck((path) => tried.push(path));
  });
  afterEach(() => {
    stuck[Symbol.dispose]();
    vi.useRealTimers();
  });

  it('are tried again, ever more rarely while they fail', () => {
    stuck.add('a');
    const times: number[] = [];
    for (let s = 1; s <= 40; s++) {
      vi.advanceTimersByTime(1000);
      if (tried.length > 0) {
        times.push(s);
        tried = [];
        stuck.add('a');
      }
    }
    expect(times).toEqual([1, 3, 7, 15, 25, 35]);
  });

  it('are few of many, until one of them goes well', () => {
    for (let at = 0; at < 1000; at++) stuck.add(`p${at}`);
    vi.advanceTimersByTime(1000);
    expect(tried).toHaveLength(100);
    for (const path of tried) stuck.add(path);
    tried = [];
    vi.advanceTimersByTime(2000);
    expect(tried[0]).toBe('p100');
    stuck.well('p100');
    expect(tried).toHaveLength(1000);
  });

  it('are forgotten when they went well', () => {
    stuck.add('a');
    stuck.well('a');
    vi.advanceTimersByTime(60_000);
    expect(tried).toEqual([]);
  });
});
