import { describe, expect, it } from 'vitest';
import { logPrefix, type LoggedContainer } from '../../../src/dev/logs/log-prefix.js';

const one = (pod: string, container = 'app', { image = 'web', isInit = false } = {}): LoggedContainer => ({
  image,
  pod,
  container,
  isInit,
});

describe('logPrefix', () => {
  const table: [string, string, LoggedContainer, LoggedContainer[]][] = [
    ['alone', 'web', one('a'), []],
    ['beside another image', 'web', one('a'), [one('b', 'app', { image: 'db' })]],
    ['with replicas', 'web a', one('a'), [one('b'), one('c')]],
    ['twice in a pod', 'web app', one('a'), [one('a', 'side')]],
    ['twice in several pods', 'web a app', one('a'), [one('a', 'side'), one('b')]],
    ['selected by its labels', 'a', { ...one('a'), image: undefined }, [one('a')]],
    [
      'the second of a pod that is selected by its labels',
      'a app',
      { ...one('a'), image: undefined },
      [{ ...one('a', 'side'), image: undefined }],
    ],
    ['an init container', 'web migrate', one('a', 'migrate', { isInit: true }), []],
  ];
  it.each(table)('%s: %s', (_, prefix, container, others) => {
    expect(logPrefix(container, [...others, container])).toBe(prefix);
  });
});
