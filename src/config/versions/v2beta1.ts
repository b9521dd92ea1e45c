import { valueAt, type Path } from '../path.js';
import type { Edits } from './edits.js';
import { byDefault, change, drop, refuse, rename, says, type Rule, type Step } from './rules.js';
import { imageOf } from './v1beta10.js';
import { dev, podKeys } from './v2beta1-dev.js';
import { pipelines } from './v2beta1-pipelines.js';

/**
 * Of v2beta1 what profiles and variables need first: variables and commands as lists. Runs on its own, before them; the rest of the steps
 * runs after them.
 */
export const v2beta1Names: readonly Rule[] = [
  change('vars', (edits, path) => toList(edits, path, 'value')),
  change('commands', (edits, path) => toList(edits, path, 'command')),
];

const DEPLOYMENT = 'deployments.*';
const DEPENDENCY = 'dependencies.*';
const GIT = ['path', 'git', 'subPath', 'branch', 'tag', 'revision', 'cloneArgs', 'disableShallow'];

/** v2beta1 (DevSpace 6) → v1beta11: lists instead of maps, build settings below `build`, `dev` by what is done instead of by pod. */
export const v2beta1: Step = {
  version: 'v2beta1',
  rules: [
    drop('name'),
    change('pipelines', pipelines),
    refuse('functions', 'functions are', 'use `commands`'),
    refuse('imports', 'imports are', 'write what they hold into this file'),
    change('localRegistry', (edits, path) => {
      if (edits.at([...path, 'enabled']) !== false && says(edits.at(path))) {
        edits.warn(
          path,
          'has no effect: images go to the registry in their name, or straight into a local cluster',
        );
      }
      edits.remove(path);
    }),
    ...imageRules(),
    ...deploymentRules(),
    ...dependencyRules(),
    change('pullSecrets', (edits, path) => toList(edits, path, 'registry')),
    change('dev', dev, { reads: podKeys, decides: ['dev.*.ports.*', 'dev.*.sync.*.path'] }),
    change('dev.sync.*.onUpload.restartContainer', restartHelper, { reads: [] }),
    refuse('commands.*.after', 'a command after a command is', 'put both into `command`'),
    drop('commands.*.section'),
    drop('commands.*.internal'),
    drop('profiles.*.parents.*.source.disablePull'),
  ],
};

function* imageRules(): Generator<Rule> {
  yield drop('images.*.name');
  for (const tool of ['docker', 'kaniko', 'buildKit', 'custom']) {
    yield rename(`images.*.${tool}`, `images.*.build.${tool}`);
  }
  for (const key of ['buildArgs', 'target', 'network', 'skipPush']) {
    const from = `images.*.${key}`;
    yield change(from, (edits, path) => {
      const build = [...path.slice(0, -1), 'build'];
      const tool = ['kaniko', 'custom'].find((name) => edits.at([...build, name]) !== undefined);
      if (key === 'skipPush' && tool !== undefined) return edits.remove(path);
      if (tool === 'custom') {
        edits.warn(path, 'has no effect: the command of build.custom builds the image');
        return edits.remove(path);
      }
      edits.move(path, [...build, tool ?? 'docker', ...(key === 'skipPush' ? [] : ['options']), key]);
    });
  }
  yield drop('images.*.injectLegacyRestartHelper');
  // In DevSpace 6 the command gets the image only when asked to.
  yield byDefault('images.*.build.custom', 'skipImageArg', true);
}

function* deploymentRules(): Generator<Rule> {
  yield change('deployments', (edits, path) => toList(edits, path));
  for (const tool of ['helm', 'kubectl']) {
    yield change(
      `${DEPLOYMENT}.${tool}`,
      (edits, path) => {
        const key = [...path.slice(0, -1), 'updateImageTags'];
        if (says(edits.at(path)) || tool === 'helm') edits.move(key, [...path, 'replaceImageTags']);
      },
      { reads: [`${DEPLOYMENT}.updateImageTags`] },
    );
  }
  yield refuse(`${DEPLOYMENT}.tanka`, 'tanka is', 'deploy what `tk show` prints with kubectl');
  yield change(
    `${DEPLOYMENT}.helm`,
    (edits, path) => {
      if (edits.at([...path, 'chart']) === undefined) edits.set([...path, 'componentChart'], true, path);
    },
    { reads: [] },
  );
  yield refuse(`${DEPLOYMENT}.helm.releaseName`, 'another name of the release is', 'name the deployment so');
  yield drop(`${DEPLOYMENT}.helm.disableDependencyUpdate`);
  yield rename(`${DEPLOYMENT}.helm.chart.path`, `${DEPLOYMENT}.helm.chart.name`);
  for (const key of GIT.slice(2)) {
    yield refuse(
      `${DEPLOYMENT}.helm.chart.${key}`,
      'a chart from git is',
      'clone it, and use its folder as `name`',
    );
  }
  yield refuse(`${DEPLOYMENT}.kubectl.patches`, 'patches of manifests are', 'use a kustomization');
  yield rename(`${DEPLOYMENT}.kubectl.kubectlBinaryPath`, `${DEPLOYMENT}.kubectl.cmdPath`);
  yield drop(`${DEPLOYMENT}.kubectl.kustomizeBinaryPath`, 'has no effect: kustomize is that of kubectl');
}

function* dependencyRules(): Generator<Rule> {
  yield change('dependencies', (edits, path) => toList(edits, path));
  for (const key of GIT) yield rename(`${DEPENDENCY}.${key}`, `${DEPENDENCY}.source.${key}`);
  yield drop(`${DEPENDENCY}.disablePull`);
  yield change(`${DEPENDENCY}.pipeline`, (edits, path) => {
    if (edits.at(path) === 'dev') {
      const hint = 'add its ports and sync to `dev` of this config';
      edits.warn(path, 'the dependency is deployed, but its ports and sync are not started', hint);
    } else if (says(edits.at(path)) && edits.at(path) !== 'deploy') {
      edits.problem(
        'CONFIG_UNSUPPORTED',
        path,
        'another pipeline of a dependency is not supported',
        'remove it',
      );
    }
    edits.remove(path);
  });
}

/** DevSpace 6 puts its helper where a container is to be restarted; here it comes with the image. */
function restartHelper(edits: Edits, path: Path): void {
  const selector = [...path.slice(0, 3), 'imageSelector'];
  const text = edits.at(selector);
  const name = typeof text === 'string' ? imageOf(edits, text) : undefined;
  if (edits.at(path) !== true || name === undefined) return;
  const at = ['images', name, 'injectRestartHelper'];
  if (edits.at(at) === undefined) edits.set(at, true, path);
}

/** A map by name as a list of entries with `name`; a value that is no map stands for `key` of its entry. Lists stay. */
function toList(edits: Edits, path: Path, key?: string): void {
  if (Array.isArray(edits.at(path))) return;
  const entries = edits.entries(path, 'map');
  if (edits.at(path) === undefined) return;
  const list = [...path.slice(0, -1), `${String(path.at(-1))} as a list`];
  edits.set(list, [], path);
  for (const { path: from, value } of entries) {
    const name = String(from.at(-1));
    const isPlain = typeof value !== 'object' || value === null;
    const entry = edits.append(list, isPlain ? {} : value, from);
    if (isPlain && key !== undefined) edits.copy(from, [...entry, key]);
    // `name` inside may only repeat the key.
    if (valueAt(value, ['name']) === undefined) edits.set([...entry, 'name'], name, from);
  }
  edits.remove(path);
  edits.move(list, path);
}
