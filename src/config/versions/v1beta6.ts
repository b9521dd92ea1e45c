import { drop, refuse, rename, type Step } from './rules.js';

/** v1beta6 (DevSpace 4.4) → v1beta5 */
export const v1beta6: Step = {
  version: 'v1beta6',
  rules: [
    rename('images.*.build.custom.args', 'images.*.build.custom.flags'),
    refuse(
      'images.*.build.docker.args',
      'further arguments for `docker build` are',
      'use build.docker.options, or build.custom with a command of your own',
    ),
    drop('deployments.*.helm.path', 'has no effect: helm is the one on PATH'),
  ],
};
