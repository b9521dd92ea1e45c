import type { Path } from '../path.js';
import type { Edits } from './edits.js';
import { change, refuse, type Step } from './rules.js';

/** v1beta7 (DevSpace 4.6) → v1beta6 */
export const v1beta7: Step = {
  version: 'v1beta7',
  rules: [
    change('images.*.tags', tags),
    refuse('images.*.build.custom.appendArgs', 'arguments after the image and its flags are', 'use `args`'),
    ...(['deleteArgs', 'createArgs'] as const).map((key) =>
      refuse(
        `deployments.*.kubectl.${key}`,
        `arguments for \`kubectl ${key.slice(0, -4)}\` are`,
        'remove it; `flags` are for `kubectl apply`',
      ),
    ),
  ],
};

function tags(edits: Edits, path: Path): void {
  const [{ path: first } = { path }, second] = edits.entries(path, 'list');
  if (second) {
    edits.problem(
      'CONFIG_UNSUPPORTED',
      second.path,
      'more than one tag is not supported',
      'keep the first, which is the one that is deployed',
    );
  }
  if (edits.at(first) !== undefined && first !== path) edits.copy(first, [...path.slice(0, -1), 'tag']);
  edits.remove(path);
}
