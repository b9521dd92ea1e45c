import { drop, rename, type Step } from './rules.js';

/** v1alpha2 (DevSpace 3.0) → v1alpha3 */
export const v1alpha2: Step = {
  version: 'v1alpha2',
  rules: [
    rename('images.*.build.dockerfilePath', 'images.*.build.dockerfile'),
    rename('images.*.build.contextPath', 'images.*.build.context'),
    drop('cluster.cloudProvider', 'has no effect: the cluster is that of the kube context'),
  ],
};
