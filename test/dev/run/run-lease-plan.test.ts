import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { leaseKey } from '../../../src/dev/run/run-lease.js';
import {
  askOf,
  holderOf,
  judge,
  leaseBody,
  runAnnotations,
  type Lease,
} from '../../../src/dev/run/run-lease-plan.js';
import { startOf } from '../../../src/state/process-identity.js';
import { thisRun } from '../../../src/state/run-record.js';

const me = thisRun({ context: 'c', folder: '/f', namespace: 'n' });
const lease = (annotations: Record<string, string>): Lease => ({
  metadata: { name: 'l', uid: 'u', creationTimestamp: '', annotations },
  spec: {},
});

describe('the lease of a run', () => {
  it('is one for all runs of a project, and another one beside them', () => {
    const name = (beside: boolean) =>
      (leaseBody({ beside, key: 'abc', me }, new Date()) as Lease).metadata.name;
    expect(name(false)).toBe('devspace-abc');
    expect(name(true)).toMatch(/^devspace-abc-[0-9a-f]{8}$/);
  });

  it('says who holds it, in the form Kubernetes wants', () => {
    const body = leaseBody({ beside: false, key: 'abc', me }, new Date('2026-01-02T03:04:05.678Z')) as Lease;
    expect(holderOf(body)).toEqual(me);
    expect(body.spec.renewTime).toBe('2026-01-02T03:04:05.678000Z');
  });

  it.each([
    ['nothing', {}],
    ['no JSON', { [runAnnotations.holder]: '{' }],
    ['something else', { [runAnnotations.holder]: '{"pid":"1"}' }],
  ])('has no holder when it has %s of ours', (_, annotations) => {
    expect(holderOf(lease(annotations as Record<string, string>))).toBeUndefined();
  });

  it.each([
    ['a question', '{"id":"1","want":"answer"}', 'answer'],
    ['a request', '{"id":"1","want":"leave"}', 'leave'],
    ['something else', '{"id":"1","want":"dance"}', undefined],
    ['no JSON', 'x', undefined],
  ])('is asked: %s', (_, text, want) => {
    expect(askOf(lease({ [runAnnotations.ask]: text }))?.want).toBe(want);
  });

  const boot = startOf(process.pid)?.split('/')[0] ?? 'none';
  it.each([
    ['this process', {}, 'alive'],
    ['one of this machine with a number that another process has now', { started: `${boot}/1` }, 'dead'],
    ['one of this machine that is gone', { pid: 2 ** 22 + 1 }, 'dead'],
    ['one from before the machine was switched on', { started: 'another-boot/1' }, 'ask'],
    ['one that does not say when it started', { started: undefined }, 'ask'],
    ['one of another machine', { host: `not-${hostname()}` }, 'ask'],
  ])('%s', (_, other, verdict) => {
    expect(judge({ ...me, ...other })).toBe(startOf(process.pid) === undefined ? 'ask' : verdict);
  });
});

describe('the key of a project', () => {
  const config = (...names: string[]) => ({
    version: 'v1beta3' as const,
    deployments: names.map((name) => ({ name, kubectl: { manifests: ['kube'] } })),
  });

  it('is that of its deployments, in whatever order', () => {
    expect(leaseKey(config('a', 'b'))).toBe(leaseKey(config('b', 'a')));
    expect(leaseKey(config('a', 'b'))).not.toBe(leaseKey(config('a')));
  });
});
