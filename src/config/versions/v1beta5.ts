import { change, drop, refuse, rename, says, type Step } from './rules.js';

const HELM = 'deployments.*.helm';
const ARGS = 'remove it, or deploy what `helm template` renders with kubectl';

/** v1beta5 (DevSpace 4.3) → v1beta4 */
export const v1beta5: Step = {
  version: 'v1beta5',
  rules: [
    rename(`${HELM}.atomic`, `${HELM}.rollback`),
    drop(
      `${HELM}.v2`,
      'has no effect: charts are deployed with Helm 3',
      'remove it after `helm 2to3 convert`',
    ),
    refuse(`${HELM}.cleanupOnFail`, 'cleaning up after a failed upgrade is', ARGS),
    refuse(
      `${HELM}.recreate`,
      'recreating pods is',
      'remove it: changed images get new tags and so new pods',
    ),
    refuse(`${HELM}.disableHooks`, 'leaving out the hooks of a chart is', ARGS),
    change(`${HELM}.driver`, (edits, path) => {
      if (says(edits.at(path)) && edits.at(path) !== 'secret' && edits.at(path) !== 'secrets') {
        edits.problem(
          'CONFIG_UNSUPPORTED',
          path,
          'another store for releases is not supported',
          'remove it: releases are kept in secrets',
        );
      }
      edits.remove(path);
    }),
  ],
};
