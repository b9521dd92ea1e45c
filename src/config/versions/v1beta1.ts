import type { Path } from '../path.js';
import type { Edits } from './edits.js';
import { change, drop, rename, says, type Step } from './rules.js';

/** v1beta1 (DevSpace 3.4) → v1beta2: settings of all build tools become those of one. */
export const v1beta1: Step = {
  version: 'v1beta1',
  rules: [
    drop('name'),
    rename('images.*.build.dockerfile', 'images.*.dockerfile'),
    rename('images.*.build.context', 'images.*.context'),
    change('images.*.insecure', (edits, path) => forTool(edits, path, 'kaniko')),
    change('images.*.skipPush', (edits, path) => forTool(edits, path, 'docker')),
    change('images.*.build.options', (edits, path) => {
      const build = path.slice(0, -1);
      edits.move(path, [...build, usesKaniko(edits, build) ? 'kaniko' : 'docker', 'options']);
    }),
  ],
};

function usesKaniko(edits: Edits, build: Path): boolean {
  const kaniko = edits.at([...build, 'kaniko']);
  return kaniko !== undefined && kaniko !== null;
}

/** DevSpace made an image with `insecure: true` one for kaniko; that it only ever had a meaning there is no reason to build it elsewhere. */
function forTool(edits: Edits, path: Path, tool: 'kaniko' | 'docker'): void {
  const key = String(path.at(-1));
  const build = [...path.slice(0, -1), 'build'];
  if ((tool === 'kaniko') === usesKaniko(edits, build)) return edits.move(path, [...build, tool, key]);
  if (says(edits.at(path))) edits.warn(path, `has no effect: it is only for builds with ${tool}`);
  edits.remove(path);
}
