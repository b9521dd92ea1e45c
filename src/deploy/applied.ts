import type { AppliedObject } from './deployer.js';
import type { ManifestObject } from './manifest.js';

export interface Place {
  readonly context: string;
  readonly namespace: string;
}

/** The objects of manifests, as they will be in the cluster. */
export function appliedAt(
  objects: readonly ManifestObject[],
  { context, namespace }: Place,
): AppliedObject[] {
  return objects.map(({ apiVersion, kind, name, namespace: own }) => ({
    context,
    namespace: own ?? namespace,
    apiVersion,
    kind,
    name,
  }));
}

/** Both lists in order, each object once: the same kind and name, whatever the version, is the same object. */
export function union(first: readonly AppliedObject[], second: readonly AppliedObject[]): AppliedObject[] {
  const all = new Map<string, AppliedObject>();
  for (const object of [...first, ...second]) all.set(keyOf(object), object);
  return [...all.values()];
}

/** Those of `all` that are not among `removed`. */
export function without(all: readonly AppliedObject[], removed: readonly AppliedObject[]): AppliedObject[] {
  const keys = new Set(removed.map(keyOf));
  return all.filter((object) => !keys.has(keyOf(object)));
}

function keyOf({ context, namespace, apiVersion, kind, name }: AppliedObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return JSON.stringify([context, namespace, group, kind, name]);
}

export interface PurgePlan {
  /** In the order to delete them: the reverse of the order they were applied in. */
  readonly remove: readonly AppliedObject[];
  /** Hold data or the objects of others, so they stay. */
  readonly keep: readonly AppliedObject[];
}

const PRECIOUS = new Set(['Namespace', 'PersistentVolumeClaim', 'PersistentVolume']);

/** What a purge at `place` deletes: what the manifests hold now and what earlier runs put there, but nothing in other clusters or namespaces. */
export function planPurge(
  recorded: readonly AppliedObject[],
  rendered: readonly AppliedObject[],
  { context, namespace }: Place,
  keepVolumes: boolean,
): PurgePlan {
  const here = recorded.filter((object) => object.context === context && object.namespace === namespace);
  const all = union(here, rendered).toReversed();
  const precious = (object: AppliedObject): boolean => keepVolumes && PRECIOUS.has(object.kind);
  return { remove: all.filter((object) => !precious(object)), keep: all.filter(precious) };
}
