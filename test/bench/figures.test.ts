import { describe, expect, test } from 'vitest';
import { isMet, summarize } from '../../bench/figures.js';
import { renderTable } from '../../bench/table.js';

describe('summarize', () => {
  test.each([
    [[7], { n: 1, min: 7, median: 7, p90: 7, max: 7 }],
    [[4, 1], { n: 2, min: 1, median: 2.5, p90: 4, max: 4 }],
    [[10, 9, 1, 2, 3], { n: 5, min: 1, median: 3, p90: 10, max: 10 }],
    [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], { n: 10, min: 1, median: 5.5, p90: 9, max: 10 }],
  ])('%j', (samples, summary) => {
    expect(summarize(samples)).toEqual(summary);
  });

  test('refuses to summarize nothing', () => {
    expect(() => summarize([])).toThrow('no samples');
  });
});

test.each([
  [[90, 100, 500], true],
  [[100.1], false],
])('the median of %j against 100', (samples, met) => {
  expect(isMet({ subject: 'devspace', samples, target: { limit: 100, text: '100' } })).toBe(met);
});

test('a measurement is one row a subject, with its notes below', () => {
  const figures = [
    { subject: 'devspace', samples: [5, 7, 1200], target: { limit: 6, text: '6' } },
    { subject: 'peer', samples: [2_000_000] },
  ];
  expect(renderTable([{ name: 'one file', unit: 'ms', figures, note: 'of 1 KiB' }], true)).toBe(
    [
      '| measurement | subject | n | min | median | p90 | max | target |  |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |',
      '| one file, ms | devspace | 3 | 5.0 | 7.0 | 1200 | 1200 | 6 | MISSED |',
      '|  | peer | 1 |  | 2000000 |  |  |  |  |',
      '',
      '- one file: of 1 KiB',
    ].join('\n'),
  );
});
