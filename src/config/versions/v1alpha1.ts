import type { Path } from '../path.js';
import { type Edits } from './edits.js';
import { change, drop, rename, says, type Step } from './rules.js';

/** v1alpha1 (DevSpace 2) → v1alpha2: `devSpace` becomes `dev` and `deployments`, services become selectors, registries go. */
export const v1alpha1: Step = {
  version: 'v1alpha1',
  rules: [
    drop(
      'internalRegistry',
      'a registry in the cluster is no longer deployed',
      'use a registry of your own, or a local cluster',
    ),
    change('devSpace.deployments.*', deployment, {
      decides: ['devSpace.deployments.*.autoReload.disabled'],
      reads: [
        'devSpace.deployments.*.autoReload',
        'devSpace.deployments.*.helm.devOverwrite',
        'devSpace.deployments.*.helm.override',
      ],
    }),
    rename('devSpace.deployments', 'deployments'),
    rename('devSpace.services', 'dev.selectors'),
    rename('devSpace.terminal', 'dev.terminal'),
    rename('dev.terminal.service', 'dev.terminal.selector'),
    rename('devSpace.ports', 'dev.ports'),
    rename('dev.ports.*.service', 'dev.ports.*.selector'),
    rename('devSpace.sync', 'dev.sync'),
    rename('dev.sync.*.service', 'dev.sync.*.selector'),
    rename('devSpace.autoReload.paths', 'dev.autoReload.paths'),
    ...['dev.terminal', 'dev.selectors.*', 'dev.ports.*'].map((at) =>
      change(`${at}.resourceType`, resourceType),
    ),
    change('images', images, {
      decides: ['images.*.registry', 'images.*.autoReload.disabled'],
      reads: ['images.*.name', 'images.*.registry', 'images.*.autoReload', 'registries'],
    }),
    change('tiller', tiller),
    change('devSpace', (edits, path) => {
      const rest = edits.at(path);
      if (typeof rest !== 'object' || rest === null) return;
      if ('autoReload' in rest && !says(rest.autoReload)) edits.remove([...path, 'autoReload']);
      if (!says(rest)) edits.remove(path);
    }),
  ],
};

function deployment(edits: Edits, path: Path): void {
  const name = edits.at([...path, 'name']);
  if (edits.at([...path, 'autoReload', 'disabled']) !== true && typeof name === 'string') {
    edits.append(['dev', 'autoReload', 'deployments'], name, path);
  }
  edits.remove([...path, 'autoReload']);
  const helm = [...path, 'helm'];
  // Of the two files only one was ever used.
  for (const key of ['devOverwrite', 'override']) {
    const file = edits.at([...helm, key]);
    if (!says(file)) continue;
    edits.remove([...helm, 'overrides']);
    edits.append([...helm, 'overrides'], file, [...helm, key]);
    edits.remove([...helm, key]);
  }
}

function images(edits: Edits, path: Path): void {
  for (const { path: image } of edits.items(path)) {
    const repository = edits.at([...image, 'name']);
    const registry = edits.at([...image, 'registry']);
    edits.move([...image, 'name'], [...image, 'image']);
    if (typeof registry === 'string' && typeof repository === 'string') {
      const url = edits.at(['registries', registry, 'url']);
      if (typeof url === 'string') {
        const whole = `${url.replace(/\/$/, '')}/${repository}`;
        edits.set([...image, 'image'], whole, [...image, 'image']);
      } else {
        const at = [...image, 'registry'];
        edits.problem(
          'CONFIG_INVALID',
          at,
          `there is no registry ${JSON.stringify(registry)} with a url in registries`,
        );
      }
    }
    edits.remove([...image, 'registry']);
    if (edits.at([...image, 'autoReload', 'disabled']) !== true) {
      edits.append(['dev', 'autoReload', 'images'], String(image.at(-1)), image);
    }
    edits.remove([...image, 'autoReload']);
  }
  for (const { path: registry } of edits.entries(['registries'], 'map')) {
    if (!says(edits.at([...registry, 'auth']))) continue;
    edits.warn([...registry, 'auth'], 'has no effect', 'log in with `docker login`');
  }
  edits.remove(['registries']);
}

function tiller(edits: Edits, path: Path): void {
  const namespace = [...path, 'namespace'];
  if (says(edits.at(namespace))) {
    for (const { path: each } of edits.items(['deployments'])) {
      if (edits.at([...each, 'helm']) !== undefined)
        edits.copy(namespace, [...each, 'helm', 'tillerNamespace']);
    }
  }
  edits.remove(path);
}

function resourceType(edits: Edits, path: Path): void {
  const type = edits.at(path);
  if (typeof type === 'string' && type.toLowerCase() !== 'pod' && type !== '') {
    edits.warn(path, 'has no effect: only pods are selected');
  }
  edits.remove(path);
}
