import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { RunLease } from '../../../src/dev/run/run-lease.js';
import { runAnnotations, type Lease } from '../../../src/dev/run/run-lease-plan.js';
import { thisRun, type RunIdentity } from '../../../src/state/run-record.js';
import { fakeServer, json, statusBody, type FakeServer } from '../../kube/fake-server.js';
import { until } from '../../rig/until.js';

const me = thisRun({ context: 'c', folder: '/mine', namespace: 'n' });
const other = { ...me, host: 'elsewhere', folder: '/theirs' };

/** A server with one lease at most, which tests may take away or replace; what Kubernetes does of its own in between cannot be timed with a real one. */
async function leaseServer(): Promise<FakeServer & { lease: Lease | undefined; mayWatch: boolean }> {
  let made = 0;
  const server = await fakeServer({
    answer: (request, response) => {
      const isWatch = request.url?.includes('watch=true') === true;
      const missing = () => json(response, statusBody(404, 'not found'), 404);
      void text(request).then((body) => {
        if (request.method === 'POST') {
          if (state.lease) return json(response, statusBody(409, 'exists'), 409);
          const lease = JSON.parse(body) as Lease;
          state.lease = { ...lease, metadata: { ...lease.metadata, uid: `u${(made += 1)}` } };
          return json(response, state.lease, 201);
        }
        if (request.method === 'PATCH') {
          const { metadata } = JSON.parse(body) as Pick<Lease, 'metadata'>;
          Object.assign(state.lease!.metadata.annotations!, metadata.annotations);
          return json(response, state.lease);
        }
        if (request.method === 'DELETE') {
          state.lease = undefined;
          return json(response, {});
        }
        if (isWatch || request.url?.includes('fieldSelector')) {
          if (!state.mayWatch) return json(response, statusBody(403, 'no'), 403);
          return json(response, {
            metadata: { resourceVersion: '1' },
            items: state.lease ? [state.lease] : [],
          });
        }
        return state.lease ? json(response, state.lease) : missing();
      });
    },
  });
  const state = Object.assign(server, { lease: undefined as Lease | undefined, mayWatch: true });
  return state;
}

async function held(server: FakeServer): Promise<{ lease: RunLease; taken: (RunIdentity | undefined)[] }> {
  const taken: (RunIdentity | undefined)[] = [];
  const holder = { key: 'abc', me, beside: false, onTaken: (by?: RunIdentity) => void taken.push(by) };
  return { lease: await RunLease.hold(server.kube, holder, new AbortController().signal), taken };
}
const told = (type: string, object: Lease): string =>
  JSON.stringify({ type, object: { ...object, kind: 'Lease' } });
const countOf = (server: FakeServer, start: string) =>
  server.requests.filter((request) => request.startsWith(start)).length;

describe("a run's lease", () => {
  it('is made anew, with the same holder, when it was deleted, and given back at the end', async () => {
    await using server = await leaseServer();
    const { lease, taken } = await held(server);
    const first = server.lease!;
    server.lease = undefined;
    lease.heard(told('DELETED', first));
    await until('another', () => server.lease);
    expect(server.lease).toMatchObject({ metadata: { uid: 'u2' }, spec: first.spec });
    await lease[Symbol.asyncDispose]();
    expect(server.lease).toBeUndefined();
    expect(taken).toEqual([]);
  });

  it('is lost to whoever was faster', async () => {
    await using server = await leaseServer();
    const { lease, taken } = await held(server);
    const first = server.lease!;
    const annotations = { [runAnnotations.holder]: JSON.stringify(other) };
    server.lease = {
      metadata: { ...first.metadata, uid: 'theirs', annotations },
      spec: { ...first.spec, holderIdentity: 'other' },
    };
    lease.heard(told('DELETED', first));
    await until('the news', () => taken.length > 0);
    expect(taken).toEqual([other]);
    await lease[Symbol.asyncDispose]();
    expect(server.lease.metadata.uid).toBe('theirs');
  });

  it('is looked for after an interruption', async () => {
    await using server = await leaseServer();
    const { lease } = await held(server);
    server.lease = undefined;
    lease.look();
    await until('another', () => server.lease);
    await lease[Symbol.asyncDispose]();
  });

  it('is not made anew by a run that was asked to end', async () => {
    await using server = await leaseServer();
    const { lease, taken } = await held(server);
    const first = server.lease!;
    const ask = JSON.stringify({ id: '1', want: 'leave', by: other });
    const asked = {
      ...first,
      metadata: {
        ...first.metadata,
        annotations: { ...first.metadata.annotations, [runAnnotations.ask]: ask },
      },
    };
    lease.heard(told('MODIFIED', asked));
    server.lease = undefined;
    lease.heard(told('DELETED', asked));
    await lease[Symbol.asyncDispose]();
    expect(taken).toEqual([other]);
    expect(countOf(server, 'POST')).toBe(1);
  });

  it('says that its holder hears nothing where it may not be watched', async () => {
    await using server = await leaseServer();
    server.mayWatch = false;
    const { lease } = await held(server);
    lease.listen();
    await until('the mark', () => server.lease?.metadata.annotations?.[runAnnotations.deaf] === 'true');
    await lease[Symbol.asyncDispose]();
  });
});
