import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/base/failure.js';
import type { KubeObject } from '../../../src/kube/api/objects.js';
import { watchObjects, type WatchOptions } from '../../../src/kube/api/watch.js';
import { fakeServer, json, statusBody, type FakeServer } from '../fake-server.js';

const object = (name: string, resourceVersion: string): KubeObject => ({
  metadata: { name, uid: name, creationTimestamp: '', resourceVersion },
});
const list = (response: ServerResponse, version: string, ...names: string[]): void =>
  json(response, { metadata: { resourceVersion: version }, items: names.map((name) => object(name, '1')) });
const event = (response: ServerResponse, type: string, body: unknown): void =>
  void response.write(`${JSON.stringify({ type, object: body })}\n`);

/** Plays one scripted answer after the other. */
const script = (...steps: ((response: ServerResponse) => void)[]): Promise<FakeServer> =>
  fakeServer({ answer: (_request, response, count) => steps[count - 1]?.(response) });

/** The first `count` sets, as names. */
async function sets(server: FakeServer, count: number, options: WatchOptions = {}): Promise<string[]> {
  const seen: string[] = [];
  for await (const set of watchObjects(server.kube, '/pods', options)) {
    seen.push([...set.keys()].join(','));
    if (seen.length === count) break;
  }
  return seen;
}

describe('watchObjects', () => {
  it('lists, then follows what changes, several changes at a time', async () => {
    let remove = (): void => {};
    await using server = await script(
      (response) => list(response, '5', 'a'),
      (response) => {
        const lines = ['b', 'c'].map((name) => JSON.stringify({ type: 'ADDED', object: object(name, '6') }));
        response.write(`${lines.join('\n')}\n`);
        remove = () => event(response, 'DELETED', object('a', '8'));
      },
    );
    const seen: string[] = [];
    for await (const set of watchObjects(server.kube, '/pods', { labelSelector: 'x=y' })) {
      seen.push([...set.keys()].join(','));
      if (seen.length === 2) remove();
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['a', 'a,b,c', 'b,c']);
    expect(server.requests).toEqual([
      'GET /pods?labelSelector=x%3Dy&limit=500',
      'GET /pods?labelSelector=x%3Dy&watch=true&allowWatchBookmarks=true&resourceVersion=5',
    ]);
  });

  it('goes on from the last version, of a bookmark too, when the connection ends or breaks', async () => {
    const lost: Failure[] = [];
    await using server = await script(
      (response) => list(response, '5'),
      (response) => {
        event(response, 'BOOKMARK', object('', '9'));
        response.end();
      },
      (response) => {
        event(response, 'ADDED', object('ä', '10'));
        setImmediate(() => response.destroy());
      },
      (response) => event(response, 'ADDED', object('b', '11')),
    );
    expect(await sets(server, 3, { onLost: (failure) => lost.push(failure) })).toEqual(['', 'ä', 'ä,b']);
    expect(server.requests.slice(2).map((one) => one.split('resourceVersion=')[1])).toEqual(['9', '10']);
    expect(lost.map(({ code }) => code)).toEqual(['KUBE_UNREACHABLE']);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['an answer', (response) => json(response, statusBody(410, 'too old'), 410)],
    ['an event', (response) => event(response, 'ERROR', statusBody(410, 'too old'))],
  ])('lists anew when its version is too old, told by %s', async (_name, tooOld) => {
    await using server = await script(
      (response) => list(response, '5', 'a'),
      tooOld,
      (response) => list(response, '20', 'b'),
    );
    expect(await sets(server, 2)).toEqual(['a', 'b']);
  });

  it('leaves a connection that has fallen silent', async () => {
    await using server = await script(
      (response) => list(response, '5'),
      (response) => response.flushHeaders(),
      (response) => event(response, 'ADDED', object('a', '6')),
    );
    expect(await sets(server, 2, { idleMs: 50 })).toEqual(['', 'a']);
  });

  it('does not take a consumer that is busy for silence', async () => {
    const lost: Failure[] = [];
    let say = (): void => {};
    await using server = await script(
      (response) => list(response, '5', 'a'),
      (response) => {
        event(response, 'ADDED', object('b', '6'));
        say = () => event(response, 'ADDED', object('c', '7'));
      },
    );
    const seen: string[] = [];
    const options = { idleMs: 200, onLost: (failure: Failure) => lost.push(failure) };
    for await (const set of watchObjects(server.kube, '/pods', options)) {
      seen.push([...set.keys()].join(','));
      if (seen.length === 2) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        say();
      }
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['a', 'a,b', 'a,b,c']);
    expect(lost).toEqual([]);
  });

  it('throws what the first list throws', async () => {
    await using server = await script((response) => json(response, statusBody(403, 'no'), 403));
    await expect(sets(server, 1)).rejects.toMatchObject({ code: 'KUBE_FORBIDDEN' });
  });

  it('survives refusals of a server that has just started', async () => {
    const refuse = (response: ServerResponse): void => json(response, statusBody(403, 'not yet'), 403);
    await using server = await script(
      (response) => list(response, '5'),
      refuse,
      refuse,
      (response) => event(response, 'ADDED', object('a', '6')),
    );
    expect(await sets(server, 2)).toEqual(['', 'a']);
  });

  it('stops with the reason of the signal, at whatever point it is', async () => {
    const stop = new AbortController();
    await using server = await script(
      (response) => list(response, '5'),
      () => stop.abort(new Error('enough')),
    );
    await expect(sets(server, 2, { signal: stop.signal })).rejects.toThrow('enough');
    await expect(sets(server, 1, { signal: stop.signal })).rejects.toThrow('enough');
  });
});
