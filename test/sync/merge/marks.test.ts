import { describe, expect, it } from 'vitest';
import { Marks } from '../../../src/sync/merge/marks.js';

const marksOf = (...paths: string[]): Marks => {
  const marks = new Marks();
  for (const path of paths) marks.add(path);
  return marks;
};

describe('marks', () => {
  it('gives each path once, in order, so many at a time', () => {
    const marks = marksOf('a', 'b', 'a', 'c');
    expect(marks.size).toBe(3);
    expect([...marks.take(2)]).toEqual(['a', 'b']);
    marks.add('d');
    expect([...marks]).toEqual(['c', 'd']);
    expect([...marks.take()]).toEqual(['c', 'd']);
    expect([...marks.take()]).toEqual([]);
    expect(marks.size).toBe(0);
  });

  it('starts anew with others, which come before what is marked from then on', () => {
    const marks = marksOf('old');
    marks.restart(['a', 'b', 'c']);
    marks.add('d');
    marks.add('b');
    expect(marks.size).toBe(5);
    expect([...marks.take(2)]).toEqual(['a', 'b']);
    expect([...marks]).toEqual(['c', 'd', 'b']);
    expect([...marks.take(2)]).toEqual(['c']);
    expect([...marks.take(2)]).toEqual(['d', 'b']);
    expect(marks.size).toBe(0);
  });

  it('marks nothing while it is deferred', () => {
    const marks = new Marks();
    marks.defer();
    marks.add('a');
    expect(marks.size).toBe(0);
    marks.restart(['b']);
    marks.add('c');
    expect([...marks]).toEqual(['b', 'c']);
  });

  it('forgets all', () => {
    const marks = marksOf('x');
    marks.restart(['a']);
    marks.add('y');
    marks.clear();
    expect([...marks, ...marks.take()]).toEqual([]);
  });
});
