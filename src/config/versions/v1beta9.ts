import type { Path } from '../path.js';
import type { Edits } from './edits.js';
import { change, drop, refuse, rename, type Rule, type Step } from './rules.js';
import { imageSelector } from './v1beta10.js';

const IMAGE = 'images.*';
const KANIKO = 'images.*.build.kaniko';
const POD_OF_KANIKO =
  'initImage command skipPullSecretMount nodeSelector serviceAccount annotations labels initEnv env envFrom resources';
const LATER_MOMENTS = ['purgeDeployments', 'dependencies', 'pullSecrets'];
const HOOK_ACTIONS = {
  upload: 'uploading in a hook is',
  download: 'downloading in a hook is',
  logs: 'printing logs in a hook is',
  wait: 'waiting for a container in a hook is',
};

/** v1beta9 (DevSpace 4.11 to 5.11) → v1beta8 */
export const v1beta9: Step = {
  version: 'v1beta9',
  rules: [
    change(`${IMAGE}.tagsAppendRandom`, tagsAppendRandom, {
      decides: [`${IMAGE}.tagsAppendRandom`],
    }),
    drop(`${IMAGE}.preferSyncOverRebuild`),
    change(`${IMAGE}.rebuildStrategy`, rebuildStrategy),
    refuse(`${IMAGE}.restartHelperPath`, 'a restart helper of your own is', 'remove it: one is built in'),
    refuse(
      `${IMAGE}.appendDockerfileInstructions`,
      'appending to the Dockerfile is',
      'put the lines into the Dockerfile',
    ),
    drop('images.*.build.docker.useCli'),
    ...POD_OF_KANIKO.split(' ').map((key) =>
      refuse(`${KANIKO}.${key}`, "settings of kaniko's pod are", 'remove it, or build with docker'),
    ),
    refuse(
      'images.*.build.buildKit',
      'a builder of its own for BuildKit is',
      'use build.docker: docker builds with BuildKit',
    ),
    refuse(
      'images.*.build.custom.commands',
      'a command for each operating system is',
      'use `command` with one program for all',
    ),
    refuse(
      'images.*.build.custom.imageTagOnly',
      'passing only the tag is',
      'let the program take the tag from the image',
    ),
    drop('deployments.*.helm.displayOutput'),
    ...['deleteArgs', 'templateArgs', 'upgradeArgs', 'fetchArgs'].map((key) =>
      refuse(
        `deployments.*.helm.${key}`,
        'arguments for helm are',
        'remove it, or use the key for what it does',
      ),
    ),
    drop('dev.ports.*.containerName'),
    drop('dev.ports.*.arch'),
    drop('dev.sync.*.arch'),
    drop('dev.sync.*.initialSyncCompareBy', 'has no effect: files are compared by what is in them'),
    drop('dev.sync.*.throttleChangeDetection', 'has no effect: changes are reported, not searched for'),
    refuse(
      'dev.sync.*.onDownload.execLocal.onBatch',
      'a command after each download as a whole is',
      'use onDownload.execLocal.command',
    ),
    drop('dev.logs.sync', 'has no effect', 'see what is synced with `devspace status sync`'),
    ...hookRules(),
    refuse(
      'pullSecrets',
      'a list of pull secrets is',
      'log in with `docker login`, and use createPullSecret of the image',
    ),
    refuse('dependencies.*.source.configName', 'another name of devspace.yaml is', 'rename it there'),
    refuse(
      'dependencies.*.profileParents',
      'parents for the profile of a dependency are',
      'use `profile` alone',
    ),
    refuse('dependencies.*.vars', 'variables for a dependency are', 'use the environment, or `--var`'),
  ],
};

function* hookRules(): Generator<Rule> {
  yield rename('hooks.*.where.container', 'hooks.*.container');
  yield drop('hooks.*.where');
  yield change('hooks.*.container.imageSelector', imageSelector);
  for (const [key, what] of Object.entries(HOOK_ACTIONS)) {
    yield refuse(`hooks.*.${key}`, what, 'use a `command`, such as devspace enter -- COMMAND');
  }
  yield change('hooks.*.os', (edits, path) => {
    edits.problem(
      'CONFIG_UNSUPPORTED',
      path,
      'a hook for one operating system is not supported',
      'let the command decide',
      'key',
    );
    edits.remove(path);
  });
  yield refuse('hooks.*.background', 'a hook in the background is', 'remove it, or start it with `sh -c`');
  yield drop('hooks.*.silent', 'has no effect: what a hook prints is shown');
  for (const side of ['before', 'after']) {
    for (const key of LATER_MOMENTS) {
      yield refuse(`hooks.*.when.${side}.${key}`, `hooks ${side} ${key} are`, 'use images or deployments');
    }
  }
  yield refuse('hooks.*.when.onError', 'hooks after errors are', 'remove it');
}

/** The first tag; without one, all of it is random anyway. */
function tagsAppendRandom(edits: Edits, path: Path): void {
  const tag = [...path.slice(0, -1), 'tags', 0];
  const text = edits.at(tag);
  if (edits.at(path) === true && typeof text === 'string') edits.set(tag, `${text}-#####`, tag);
  edits.remove(path);
}

function rebuildStrategy(edits: Edits, path: Path): void {
  const strategy = edits.at(path);
  if (strategy === 'always') {
    edits.problem(
      'CONFIG_UNSUPPORTED',
      path,
      'building every time is not supported',
      'remove it, and use `--force-build`',
    );
  } else if (strategy === 'ignoreContextChanges') {
    edits.warn(path, 'has no effect: an image is built when a file of its context changed');
  }
  edits.remove(path);
}
