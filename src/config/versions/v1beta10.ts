import { parseImageReference } from '../../base/image-reference.js';
import type { Path } from '../path.js';
import type { Edits } from './edits.js';
import { byDefault, change, drop, refuse, says, type Step } from './rules.js';

/** v1beta10 (DevSpace 5.12) → v1beta9 */
export const v1beta10: Step = {
  version: 'v1beta10',
  rules: [
    drop('require', 'has no effect: versions of tools are not checked'),
    drop('dev.ports.*.name'),
    drop('dev.sync.*.name'),
    change('dev.ports.*.imageSelector', imageSelector),
    change('dev.sync.*.imageSelector', imageSelector),
    change('dev.logs.selectors.*.imageSelector', imageSelector),
    byDefault('dev.sync.*', 'waitInitialSync', true),
    change('dev.terminal', terminal, {
      reads: ['dev.terminal', 'dev.terminal.imageSelector'],
      decides: ['dev.terminal.disabled'],
    }),
    refuse(
      'dev.replacePods',
      'replacing pods is',
      'use dev.overrideImages (dockerfile, entrypoint, cmd), or name another image in the manifest of a profile',
    ),
    refuse('dev.deprecatedInteractiveEnabled', 'this key is', 'write dev.interactive.defaultEnabled'),
    refuse('dev.deprecatedInteractiveImages', 'this key is', 'write dev.interactive.images'),
    ...['before', 'after'].map((side) =>
      refuse(
        `hooks.*.when.${side}.initialSync`,
        'hooks around the first sync are',
        'use onUpload.exec of the sync with `once: true`',
      ),
    ),
    drop(
      'dependencies.*.dev',
      'has no effect: ports and sync of dependencies are not started',
      'add them to `dev` of this config',
    ),
    change('dependencies.*.profiles', profiles),
    drop('dependencies.*.disableProfileActivation'),
    drop('dependencies.*.overwriteVars'),
  ],
};

/**
 * An image of this config goes by its name: `image(NAME):tag(NAME)`, `${runtime.images.NAME}`, or its repository. Any other stays as it is; one of a
 * dependency is called by both names (`dependency.image`).
 */
export function imageSelector(edits: Edits, path: Path): void {
  const selector = edits.at(path);
  if (typeof selector !== 'string' || selector === '') return edits.remove(path);
  const name = imageOf(edits, selector);
  if (name === undefined) return;
  edits.set([...path.slice(0, -1), 'imageName'], name, path);
  edits.remove(path);
}

/** `${runtime.dependencies.D.images.NAME}`, also as `….image}:${….tag}`. */
const RUNTIME =
  /^\$\{runtime\.((?:dependencies\.[\w-]+\.)*)images\.(.+?)(?:\.image)?\}(?::\$\{runtime\.\1images\.\2\.tag\})?$/;

/** The name in `images` that an image selector means. */
export function imageOf(edits: Edits, selector: string): string | undefined {
  const called = /^image\(([^()]+)\)(?::tag\(\1\))?$/.exec(selector);
  if (called) return called[1];
  const [, dependencies = '', image] = RUNTIME.exec(selector) ?? [];
  if (image !== undefined) return `${dependencies.replaceAll('dependencies.', '')}${image}`;
  for (const { path } of edits.items(['images'])) {
    const repository = edits.at([...path, 'image']);
    if (typeof repository !== 'string' || repository === '') continue;
    const [one, other] = [parseImageReference(selector)?.repository, parseImageReference(repository)];
    if (selector === repository || (one !== undefined && one === other?.repository))
      return String(path.at(-1));
  }
  return undefined;
}

function terminal(edits: Edits, path: Path): void {
  const disabled = edits.at([...path, 'disabled']);
  if (edits.at([...path, 'imageSelector']) !== undefined) imageSelector(edits, [...path, 'imageSelector']);
  const cause = disabled === undefined ? path : [...path, 'disabled'];
  edits.set(['dev', 'interactive', 'defaultEnabled'], disabled !== true && disabled !== 'true', cause);
  edits.remove([...path, 'disabled']);
  if (says(edits.at(path))) edits.move(path, ['dev', 'interactive', 'terminal']);
  else edits.remove(path);
}

function profiles(edits: Edits, path: Path): void {
  const [first, second] = edits.entries(path, 'list');
  if (second) {
    edits.problem(
      'CONFIG_UNSUPPORTED',
      second.path,
      'more than one profile of a dependency is not supported',
      'make one profile there with these as `parents`',
    );
  }
  const profile = [...path.slice(0, -1), 'profile'];
  if (first && edits.at(profile) === undefined) edits.copy(first.path, profile);
  edits.remove(path);
}
