import { rename, type Step } from './rules.js';

/** v1alpha3 (DevSpace 3.1) → v1alpha4 */
export const v1alpha3: Step = {
  version: 'v1alpha3',
  rules: [
    rename('deployments.*.helm.chartPath', 'deployments.*.helm.chart.name'),
    rename('deployments.*.helm.overrides', 'deployments.*.helm.valuesFiles'),
    rename('deployments.*.helm.overrideValues', 'deployments.*.helm.values'),
  ],
};
