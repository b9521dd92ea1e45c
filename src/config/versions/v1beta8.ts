import { drop, refuse, rename, type Step } from './rules.js';

const KANIKO = 'images.*.build.kaniko';

/** v1beta8 (DevSpace 4.8) → v1beta7 */
export const v1beta8: Step = {
  version: 'v1beta8',
  rules: [
    rename(`${KANIKO}.args`, `${KANIKO}.flags`),
    refuse(`${KANIKO}.image`, 'another image of kaniko is', 'remove it'),
    refuse(`${KANIKO}.additionalMounts`, "mounts into kaniko's pod are", 'remove it'),
    rename('deployments.*.kubectl.applyArgs', 'deployments.*.kubectl.flags'),
    refuse(
      'deployments.*.kubectl.kustomizeArgs',
      'arguments for kustomize are',
      'remove it, or put them into the kustomization',
    ),
    refuse('dependencies.*.source.cloneArgs', 'arguments for `git clone` are', 'use branch, tag or revision'),
    drop('dependencies.*.source.disableShallow'),
  ],
};
