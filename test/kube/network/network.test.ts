import { describe, expect, it } from 'vitest';
import { Network } from '../../../src/kube/network/network.js';

/** What a promise has come to after several turns of the event loop. */
async function stateOf(promise: Promise<void>): Promise<string> {
  let state = 'waits';
  promise.then(
    () => (state = 'over'),
    () => (state = 'failed'),
  );
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return state;
}

describe('pauses between attempts', () => {
  it('last as long as they are asked for while the network is there', async () => {
    const network = new Network();
    const began = performance.now();
    await network.pause(30);
    expect(performance.now() - began).toBeGreaterThanOrEqual(25);
  });

  it('end when the network is back, whatever was asked for', async () => {
    const network = new Network();
    const before = network.pause(100_000);
    network.setGone({ reason: 'no route' });
    const during = network.pause(0);
    expect([await stateOf(before), await stateOf(during)]).toEqual(['waits', 'waits']);
    network.setBack();
    await Promise.all([before, during]);
    expect(network.isGone).toBe(false);
  });

  it('end with the reason of the signal', async () => {
    const network = new Network();
    const stop = new AbortController();
    const there = network.pause(100_000, stop.signal);
    network.setGone({ reason: 'no route' });
    const gone = network.pause(0, stop.signal);
    stop.abort(new Error('enough'));
    const after = network.pause(0, stop.signal);
    for (const one of await Promise.allSettled([there, gone, after]))
      expect(one).toMatchObject({ status: 'rejected', reason: new Error('enough') });
  });

  it('tells who follows how it is and each time that changes', () => {
    const network = new Network();
    const told: string[] = [];
    const follow = () => network.follow(({ reason = '', state }) => told.push(`${state} ${reason}`));
    const first = follow();
    network.setGone({ reason: 'no route' });
    network.setGone({ reason: 'told already' });
    first[Symbol.dispose]();
    follow();
    network.setBack();
    network.setBack();
    expect(told).toEqual(['working ', 'waiting no route', 'waiting no route', 'working ']);
  });
});
