import { describe, expect, it } from 'vitest';
import { isAbort, sleep } from '../../src/base/abort.js';

describe('sleep', () => {
  it('lasts as long as told', async () => {
    const started = performance.now();
    await sleep(20);
    expect(performance.now() - started).toBeGreaterThanOrEqual(19);
  });

  it('ends early with the reason of the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const sleeping = sleep(60_000, stop.signal);
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(sleep(60_000, stop.signal)).rejects.toBe(reason);
  });
});

describe('isAbort', () => {
  const aborted = AbortSignal.abort(new Error('reason'));
  it.each([
    ['the reason of the signal', aborted.reason, aborted, true],
    ['what Node throws for an aborted signal', new DOMException('stop', 'AbortError'), undefined, true],
    ['another error', new Error('reason'), aborted, false],
    ['the reason of a signal that is not given', aborted.reason, undefined, false],
    ['nothing', undefined, new AbortController().signal, false],
  ])('%s', (_, error, signal, expected) => {
    expect(isAbort(error, signal)).toBe(expected);
  });
});
