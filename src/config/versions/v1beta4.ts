import type { Path } from '../path.js';
import type { Edits } from './edits.js';
import { change, drop, type Step } from './rules.js';

const HELM_OPTIONS = ['replaceImageTags', 'wait', 'timeout', 'rollback', 'force', 'tillerNamespace'] as const;

/** v1beta4 (DevSpace 4.1) → v1beta3: components are no charts. */
export const v1beta4: Step = {
  version: 'v1beta4',
  rules: [
    change('deployments.*.helm.componentChart', (edits, path) => component(edits, path.slice(0, -1)), {
      decides: ['deployments.*.helm.componentChart'],
    }),
    drop('images.*.build.docker.useBuildKit'),
  ],
};

function component(edits: Edits, helm: Path): void {
  const isComponent = edits.at([...helm, 'componentChart']) === true;
  edits.remove([...helm, 'componentChart']);
  if (!isComponent) return;
  const to = [...helm.slice(0, -1), 'component'];
  const files = edits.at([...helm, 'valuesFiles']);
  if (Array.isArray(files) && files.length > 0) {
    edits.problem(
      'CONFIG_UNSUPPORTED',
      [...helm, 'valuesFiles'],
      'files with values for a component are not supported',
      'write their values below `values`',
      'key',
    );
  }
  edits.remove([...helm, 'valuesFiles']);
  if (edits.at([...helm, 'values']) === undefined) edits.set(to, {}, helm);
  edits.move([...helm, 'values'], to);
  for (const key of HELM_OPTIONS) edits.move([...helm, key], [...to, 'options', key]);
  // What is left has no place in a component; the schema says which.
  const rest = edits.at(helm);
  if (typeof rest === 'object' && rest !== null) {
    for (const key of Object.keys(rest)) {
      const hint = key === 'chart' ? 'remove it, or componentChart' : 'remove it';
      edits.problem(
        'CONFIG_INVALID',
        [...helm, key],
        'cannot be used together with componentChart: true',
        hint,
        'key',
      );
    }
  }
  edits.remove(helm);
}
