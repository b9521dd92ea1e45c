import type { Diagnostic } from '../diagnostic.js';
import type { Origins } from '../origins.js';
import type { Path } from '../path.js';
import { CONFIG_VERSION } from '../schema.js';
import type { ConfigSource } from '../source.js';
import { Edits } from './edits.js';
import { describes } from './pattern.js';
import type { Rule, Step } from './rules.js';
import { v1alpha1 } from './v1alpha1.js';
import { v1alpha2 } from './v1alpha2.js';
import { v1alpha3 } from './v1alpha3.js';
import { v1alpha4 } from './v1alpha4.js';
import { v1beta1 } from './v1beta1.js';
import { devOfVersion3, v1beta2 } from './v1beta2.js';
import { v1beta4 } from './v1beta4.js';
import { v1beta5 } from './v1beta5.js';
import { v1beta6 } from './v1beta6.js';
import { v1beta7 } from './v1beta7.js';
import { v1beta8 } from './v1beta8.js';
import { v1beta9 } from './v1beta9.js';
import { v1beta10 } from './v1beta10.js';
import { v1beta11 } from './v1beta11.js';
import { v2beta1, v2beta1Names } from './v2beta1.js';

/** In the order in which they are taken, each up to v1beta3 from one side. */
const OLDER: readonly Step[] = [v1alpha1, v1alpha2, v1alpha3, v1alpha4, v1beta1, v1beta2];
const NEWER: readonly Step[] = [
  v2beta1,
  v1beta11,
  v1beta10,
  v1beta9,
  v1beta8,
  v1beta7,
  v1beta6,
  v1beta5,
  v1beta4,
];
const OWN: Step = { version: CONFIG_VERSION, rules: devOfVersion3 };

/** All that is different in `version`, in the order in which it is changed. */
export function rulesFrom(version: string): readonly Rule[] {
  return stepsFrom(version).flatMap(({ rules }) => rules);
}

function stepsFrom(version: string): readonly Step[] {
  if (version === CONFIG_VERSION) return [OWN];
  for (const chain of [OLDER, NEWER]) {
    const start = chain.findIndex((step) => step.version === version);
    if (start !== -1) return chain.slice(start);
  }
  return [];
}

export interface Upgraded {
  readonly warnings: readonly Diagnostic[];
  readonly problems: readonly Diagnostic[];
}

/** What has to come before profiles and variables: makes `vars` and `commands` lists, in place. */
export function upgradeNames(
  source: ConfigSource,
  root: Record<string, unknown>,
  origins: Origins,
): readonly Diagnostic[] {
  if (root['version'] !== v2beta1.version) return [];
  const edits = new Edits(source, root, origins);
  for (const rule of v2beta1Names) rule.apply(edits);
  return edits.problems;
}

/**
 * Makes a config of any version one of v1beta3, in place; afterwards it is complete, but not yet judged. `source` is derived from `root`.
 * Warnings tell what is dropped; problems what cannot be said in v1beta3.
 */
export function upgrade(source: ConfigSource, root: Record<string, unknown>, origins: Origins): Upgraded {
  const edits = new Edits(source, root, origins);
  for (const rule of rulesFrom(String(root['version']))) rule.apply(edits);
  root['version'] = CONFIG_VERSION;
  return edits;
}

/** The keys that `version` has, and v1beta3 does not, in the object written at `path`. */
export function ownKeys(version: string, path: Path): string[] {
  const keys = new Set<string>();
  for (const pattern of rulesFrom(version).flatMap((rule) => rule.reads)) {
    const parts = pattern.split('.');
    const key = parts[path.length];
    if (key !== undefined && key !== '*' && describes(pattern, path, { prefix: true })) keys.add(key);
  }
  return [...keys];
}
