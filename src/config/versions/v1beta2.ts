import { shortList } from '../expected.js';
import { valueAt, type Path } from '../path.js';
import { nearest } from '../suggest.js';
import type { Edits } from './edits.js';
import { byDefault, change, drop, rename, says, type Rule, type Step } from './rules.js';

/** `dev.selectors` and `dev.terminal` of DevSpace 3; files of v1beta3 may use them, too. */
export const devOfVersion3: readonly Rule[] = [
  change('dev.terminal', terminal, { decides: ['dev.terminal.disabled'] }),
  change('dev', inlineSelectors, {
    reads: ['dev.selectors', 'dev.ports.*.selector', 'dev.sync.*.selector', 'dev.terminal.selector'],
    decides: ['dev.ports.*.selector', 'dev.sync.*.selector', 'dev.interactive.terminal.selector'],
  }),
];

/** v1beta2 (DevSpace 3.5) → v1beta3: interactive mode instead of a terminal that always opens, image names instead of selectors. */
export const v1beta2: Step = {
  version: 'v1beta2',
  rules: [
    drop(
      'cluster',
      'has no effect: the cluster is that of the kube context',
      'choose it with `--kube-context` and `--namespace`',
    ),
    ...devOfVersion3,
    change('', terminalByDefault, { reads: [], sets: ['dev.interactive.defaultEnabled'] }),
    rename('dependencies.*.config', 'dependencies.*.profile'),
    rename('deployments.*.helm.devSpaceValues', 'deployments.*.helm.replaceImageTags'),
    byDefault('images.*', 'createPullSecret', false),
  ],
};

function terminal(edits: Edits, path: Path): void {
  const disabled = edits.at([...path, 'disabled']);
  const interactive = ['dev', 'interactive'];
  const cause = disabled === undefined ? path : [...path, 'disabled'];
  edits.set([...interactive, 'defaultEnabled'], disabled !== true && disabled !== 'true', cause);
  edits.remove([...path, 'disabled']);
  if (says(edits.at(path))) edits.move(path, [...interactive, 'terminal']);
  else edits.remove(path);
}

function terminalByDefault(edits: Edits): void {
  const path = ['dev', 'interactive', 'defaultEnabled'];
  if (edits.at(path) === undefined) edits.set(path, true, ['version']);
}

function inlineSelectors(edits: Edits, path: Path): void {
  const list = [...path, 'selectors'];
  const selectors = new Map<string, Path>();
  for (const { path: at, value } of edits.entries(list, 'list')) {
    const name = valueAt(value, ['name']);
    if (typeof name === 'string') selectors.set(name, at);
    else
      edits.problem('CONFIG_INVALID', [...at, 'name'], 'missing: a name for the selector', undefined, 'key');
  }
  const users = [
    ...edits.items([...path, 'ports']),
    ...edits.items([...path, 'sync']),
    { path: [...path, 'interactive', 'terminal'] },
  ];
  for (const { path: user } of users) {
    const name = edits.at([...user, 'selector']);
    if (name === undefined) continue;
    const found = typeof name === 'string' ? selectors.get(name) : undefined;
    if (found) {
      // A port goes to the pod, whatever the container.
      const isPort = user[1] === 'ports';
      for (const key of ['labelSelector', 'namespace', ...(isPort ? [] : ['containerName'])]) {
        if (says(edits.at([...user, key]))) continue;
        edits.remove([...user, key]);
        edits.copy([...found, key], [...user, key]);
      }
    } else {
      const meant = typeof name === 'string' ? nearest(name, selectors.keys()) : undefined;
      const message = `there is no selector ${JSON.stringify(name)}`;
      edits.problem(
        'CONFIG_INVALID',
        [...user, 'selector'],
        meant === undefined ? message : `${message}, did you mean "${meant}"?`,
        selectors.size > 0
          ? `dev.selectors: ${shortList([...selectors.keys()])}`
          : 'dev.selectors is empty: add it there',
      );
      // One problem is enough: it would lack a selector now.
      edits.set([...user, 'labelSelector'], {}, user);
    }
    edits.remove([...user, 'selector']);
  }
  edits.remove(list);
}
