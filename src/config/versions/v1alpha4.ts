import { rename, type Step } from './rules.js';

/** v1alpha4 (DevSpace 3.3) → v1beta1 */
export const v1alpha4: Step = {
  version: 'v1alpha4',
  rules: [
    rename('dev.ports.*.portMappings', 'dev.ports.*.forward'),
    rename('dev.ports.*.forward.*.localPort', 'dev.ports.*.forward.*.port'),
  ],
};
