import { describe, expect, it } from 'vitest';
import { appliedAt, planPurge, union, without } from '../../src/deploy/applied.js';
import type { AppliedObject } from '../../src/deploy/deployer.js';

const here = { context: 'c', namespace: 'n' };
const object = (kind: string, name: string, change: Partial<AppliedObject> = {}): AppliedObject => ({
  ...here,
  apiVersion: 'v1',
  kind,
  name,
  ...change,
});
const names = (objects: readonly AppliedObject[]): string[] =>
  objects.map(({ kind, name }) => `${kind}/${name}`);

describe('union and without', () => {
  it('keep order, count an object once, and know it in another version', () => {
    const old = [object('Deployment', 'a', { apiVersion: 'apps/v1beta1' }), object('Service', 'a')];
    const now = [object('Deployment', 'a', { apiVersion: 'apps/v1' }), object('Service', 'b')];
    const both = union(old, now);
    expect(both).toEqual([now[0], old[1], now[1]]);
    expect(without(both, old)).toEqual([now[1]]);
  });
  it('tell groups, namespaces and clusters apart', () => {
    const all = [
      object('Ingress', 'a', { apiVersion: 'extensions/v1beta1' }),
      object('Ingress', 'a', { apiVersion: 'networking.k8s.io/v1' }),
      object('Ingress', 'a', { namespace: 'm' }),
      object('Ingress', 'a', { context: 'd' }),
    ];
    expect(union(all, all)).toEqual(all);
  });
});

it('takes the namespace of the manifest where it names one', () => {
  const found = { apiVersion: 'v1', kind: 'Pod', name: 'a', place: 'x:1' };
  expect(
    appliedAt(
      [
        { ...found, namespace: undefined },
        { ...found, namespace: 'o' },
      ],
      here,
    ),
  ).toEqual([object('Pod', 'a'), object('Pod', 'a', { namespace: 'o' })]);
});

describe('planPurge', () => {
  const rendered = [object('ConfigMap', 'a'), object('Deployment', 'a')];

  it('deletes in reverse, also what is no longer in the manifests', () => {
    const plan = planPurge([object('Service', 'gone'), ...rendered], rendered, here, true);
    expect(names(plan.remove)).toEqual(['Deployment/a', 'ConfigMap/a', 'Service/gone']);
    expect(plan.keep).toEqual([]);
  });
  it('leaves other namespaces and clusters alone', () => {
    const others = [object('Pod', 'x', { namespace: 'm' }), object('Pod', 'y', { context: 'd' })];
    expect(names(planPurge(others, [], here, true).remove)).toEqual([]);
  });
  it('keeps what holds data, unless told otherwise', () => {
    const all = ['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'StatefulSet'].map((kind) =>
      object(kind, 'a'),
    );
    expect(names(planPurge([], all, here, true).remove)).toEqual(['StatefulSet/a']);
    expect(names(planPurge([], all, here, true).keep)).toHaveLength(3);
    expect(planPurge([], all, here, false).remove).toHaveLength(4);
  });
});
