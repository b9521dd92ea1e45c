import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { until } from '../../rig/until.js';
import { fakeServer, json, type FakeServer } from '../fake-server.js';

const pod = (name: string, resourceVersion = '1') => ({
  metadata: { name, uid: name, creationTimestamp: '', resourceVersion, labels: { app: name } },
});

/** Plays one scripted answer after the other. */
const script = (...steps: ((response: ServerResponse) => void)[]): Promise<FakeServer> =>
  fakeServer({ answer: (_request, response, count) => steps[count - 1]?.(response) });
const list =
  (...names: string[]) =>
  (response: ServerResponse) =>
    json(response, { metadata: { resourceVersion: '5' }, items: names.map((name) => pod(name)) });

it('shows the pods of a held namespace to all who follow them, through one watch', async () => {
  let watch: ServerResponse | undefined;
  await using server = await script(list('a', 'b'), (response) => {
    watch = response;
    response.write('\n');
  });
  const { kube } = server;
  using _held = kube.pods.hold('default');
  using _again = kube.pods.hold('default');
  const all = kube.pods.follow({});
  const some = kube.pods.follow({ labelSelector: { app: 'b' } });
  const one = kube.pods.follow({ pod: 'a' });
  const names = async (sets: typeof all) => [...(await sets.next()).value.keys()].join();
  expect([await names(all), await names(some), await names(one)]).toEqual(['a,b', 'b', 'a']);
  expect(server.requests.length).toBeLessThanOrEqual(2);
  // The next set of who follows one pod is the next change of that one.
  const next = names(one);
  const { write } = await until('the watch', () => watch && { write: watch.write.bind(watch) });
  write(`${JSON.stringify({ type: 'MODIFIED', object: pod('b', '6') })}\n`);
  expect(await names(some)).toBe('b');
  write(`${JSON.stringify({ type: 'DELETED', object: pod('a', '7') })}\n`);
  expect(await next).toBe('');
  expect(server.requests).toHaveLength(2);
});

it('gives nobody what was known before an interruption', async () => {
  let again: ServerResponse | undefined;
  await using server = await script(
    list('old'),
    (response) => void response.write('\n', () => response.socket?.destroy()),
    (response) => void (again = response),
  );
  const { kube } = server;
  using _held = kube.pods.hold('default');
  const listing = await until('another list', () => again);
  const pods = kube.pods.follow({});
  const first = pods.next();
  list('new')(listing);
  expect([...(await first).value.keys()]).toEqual(['new']);
});
