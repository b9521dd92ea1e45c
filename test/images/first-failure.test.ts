import { describe, expect, it } from 'vitest';
import { eachUntilFailure } from '../../src/images/first-failure.js';

/** Work that ends when told to, and notes what happens. */
function gates() {
  const open = new Map<string, { resolve: () => void; reject: (error: unknown) => void }>();
  const log: string[] = [];
  const work = async (item: string, signal: AbortSignal): Promise<void> => {
    log.push(`start ${item}`);
    signal.addEventListener('abort', () => open.get(item)?.reject(new Error(`echo of ${item}`)));
    await new Promise<void>((resolve, reject) => open.set(item, { resolve, reject }));
    log.push(`end ${item}`);
  };
  return { open, log, work };
}

const turn = async (): Promise<void> => await new Promise((resolve) => void setImmediate(resolve));

describe('eachUntilFailure', () => {
  it('runs in order, no more than allowed at once', async () => {
    const { open, log, work } = gates();
    const all = eachUntilFailure(['a', 'b', 'c'], 2, undefined, work);
    expect(log).toEqual(['start a', 'start b']);
    open.get('b')!.resolve();
    await turn();
    expect(log).toEqual(['start a', 'start b', 'end b', 'start c']);
    for (const gate of open.values()) gate.resolve();
    await all;
    expect(log).toHaveLength(6);
  });

  it('stops the others at the first failure, waits for them, and throws that failure', async () => {
    const { open, log, work } = gates();
    const all = eachUntilFailure(['a', 'b', 'c'], 2, undefined, work);
    const first = new Error('first');
    open.get('b')!.reject(first);
    await expect(all).rejects.toBe(first);
    expect(log).toEqual(['start a', 'start b']);
  });

  it('throws the reason of the caller', async () => {
    const { work } = gates();
    const stop = new AbortController();
    const all = eachUntilFailure(['a', 'b'], 1, stop.signal, work);
    const reason = new Error('Ctrl-C');
    stop.abort(reason);
    await expect(all).rejects.toBe(reason);
  });

  it('is done at once with nothing to do', async () => {
    await expect(eachUntilFailure([], 2, undefined, async () => expect.fail())).resolves.toBeUndefined();
  });
});
