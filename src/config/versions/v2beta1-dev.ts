import { posix } from 'node:path';
import { found } from '../expected.js';
import { valueAt, type Path } from '../path.js';
import { nearest } from '../suggest.js';
import type { Edits } from './edits.js';
import type { Pattern } from './pattern.js';
import { says } from './rules.js';
import { imageOf } from './v1beta10.js';

/** What a pod of `dev` may ask for that is not done here, with what to do. */
const UNSUPPORTED: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  devImage: [
    'running another image in the pod is',
    'deploy that image: name it in the manifest of a profile for development, or build it with dev.overrideImages',
  ],
  env: ['further environment variables are', 'set them in the manifest'],
  resources: ['other resources of the container are', 'set them in the manifest'],
  persistPaths: ['keeping folders across pods is', 'add a volume to the manifest'],
  persistenceOptions: ['keeping folders across pods is', 'add a volume to the manifest'],
  patches: ['patching the pod is', 'change the manifest, or use a profile'],
};
const IGNORED: Readonly<Record<string, string>> = {
  ssh: 'has no effect: use `devspace enter` for a shell in the container',
  proxyCommands: 'has no effect: commands of the container are not run here',
  restartHelper: 'has no effect: use injectRestartHelper of the image',
  attach: 'has no effect: use `devspace attach`, or `devspace logs` for what the container prints',
};
/** Read below; the rest is unknown. */
const READ = [
  'container',
  'containers',
  'ports',
  'reversePorts',
  'sync',
  'open',
  'terminal',
  'logs',
  'command',
  'args',
  'workingDir',
  'name',
  'arch',
];
const SELECTOR = ['imageSelector', 'labelSelector', 'namespace'];

/** What there is in v2beta1 alone, for "did you mean". */
export const podKeys: readonly Pattern[] = [
  ...[...READ, ...SELECTOR, ...Object.keys(UNSUPPORTED), ...Object.keys(IGNORED)].map(
    (key) => `dev.*.${key}`,
  ),
  ...['path', 'startContainer', 'file', 'printLogs'].map((key) => `dev.*.sync.*.${key}`),
  ...['enabled', 'command', 'workDir'].map((key) => `dev.*.terminal.${key}`),
];

/** `dev` by pods as lists of ports, sync and so on, each entry with the selector of its pod. */
export function dev(edits: Edits, path: Path): void {
  const pods = edits.entries(path, 'map');
  const from = ['pods of dev'];
  if (edits.at(path) === undefined) return;
  edits.move(path, from);
  for (const { path: old } of pods) {
    const pod = [...from, ...old.slice(1)];
    if (typeof edits.at(pod) !== 'object' || edits.at(pod) === null) {
      const message = `expected keys (imageSelector, ports, sync, …), found ${found(edits.at(pod))}`;
      edits.problem('CONFIG_INVALID', pod, message);
      continue;
    }
    const containers = edits.entries([...pod, 'containers'], 'map');
    readPod(edits, pod, pod);
    for (const { path: container } of containers) {
      if (edits.at([...container, 'container']) === undefined)
        edits.set([...container, 'container'], String(container.at(-1)), container);
      readPod(edits, container, pod);
      unknown(edits, container);
    }
    edits.remove([...pod, 'containers']);
    unknown(edits, pod);
  }
  edits.remove(from);
}

/** What is at `path`, of the pod at `pod`. */
function readPod(edits: Edits, path: Path, pod: Path): void {
  for (const [key, [what, hint]] of Object.entries(UNSUPPORTED)) {
    const at = [...path, key];
    const value = edits.at(at);
    if (says(value) && valueAt(value, ['enabled']) !== false)
      edits.problem('CONFIG_UNSUPPORTED', at, `${what} not supported`, hint, 'key');
    edits.remove(at);
  }
  for (const [key, because] of Object.entries(IGNORED)) {
    const at = [...path, key];
    if (says(edits.at(at)) && edits.at([...at, 'enabled']) !== false) edits.warn(at, because);
    edits.remove(at);
  }
  for (const key of ['name', 'arch']) edits.remove([...path, key]);
  start(edits, path, pod);
  const workingDir = [...path, 'workingDir'];
  const folder = edits.at(workingDir);
  if (says(folder)) {
    const why =
      'the process of the container starts where it always does; sync and terminal work in this folder';
    edits.warn(workingDir, why);
  }

  for (const { path: port } of edits.entries([...path, 'ports'], 'list'))
    forward(edits, port, 'forward', pod);
  for (const { path: port } of edits.entries([...path, 'reversePorts'], 'list'))
    forward(edits, port, 'reverseForward', pod);
  for (const { path: at } of edits.entries([...path, 'sync'], 'list')) sync(edits, at, path, pod);
  for (const { path: at, value } of edits.entries([...path, 'open'], 'list'))
    edits.append(['dev', 'open'], value, at);
  terminal(edits, path, pod);
  logs(edits, path, pod);
  for (const key of ['ports', 'reversePorts', 'sync', 'open', 'container', 'workingDir'])
    edits.remove([...path, key]);
}

/** Another start command is put into the image, when it is one that is built here; else the pod would have to be another one. */
function start(edits: Edits, path: Path, pod: Path): void {
  const keys = ['command', 'args'].filter((key) => says(edits.at([...path, key])));
  const [key] = keys;
  if (key === undefined) return;
  const first = [...path, key];
  const selector = edits.at([...pod, 'imageSelector']);
  const image = typeof selector === 'string' ? imageOf(edits, selector) : undefined;
  const isBuilt = image !== undefined && edits.at(['images', image, 'build', 'custom']) === undefined;
  if (isBuilt) {
    const entry = edits.append(['dev', 'overrideImages'], { name: image }, first);
    const [command, args] = [edits.at([...path, 'command']), edits.at([...path, 'args'])];
    if (command !== undefined) edits.copy([...path, 'command'], [...entry, 'entrypoint']);
    if (args !== undefined) edits.copy([...path, 'args'], [...entry, 'cmd']);
    else edits.set([...entry, 'cmd'], [], first);
  } else {
    const message =
      'another command for a container is supported only where `images` builds its image with docker or kaniko';
    edits.problem(
      'CONFIG_UNSUPPORTED',
      first,
      message,
      'set it in the manifest of a profile for development',
      'key',
    );
  }
  for (const one of keys) edits.remove([...path, one]);
}

/** `8080:80`, `8080`, or a number: of the local port and the one in the pod. */
function forward(edits: Edits, at: Path, kind: 'forward' | 'reverseForward', pod: Path): void {
  const mapping = edits.at([...at, 'port']) ?? edits.at(at);
  const bind = edits.at([...at, 'bindAddress']);
  const [port, remotePort, ...more] = String(mapping).split(':').map(Number);
  if (
    port === undefined ||
    more.length > 0 ||
    !Number.isInteger(port) ||
    !Number.isInteger(remotePort ?? 0)
  ) {
    edits.problem('CONFIG_INVALID', at, 'expected a port as in "8080" or "8080:80"');
    return;
  }
  const entry = edits.append(['dev', 'ports'], {}, at);
  select(edits, pod, entry);
  const forwarded = edits.append([...entry, kind], {}, at);
  edits.set([...forwarded, 'port'], port, at);
  if (remotePort !== undefined) edits.set([...forwarded, 'remotePort'], remotePort, at);
  if (bind !== undefined) edits.copy([...at, 'bindAddress'], [...forwarded, 'bindAddress']);
}

function sync(edits: Edits, at: Path, path: Path, pod: Path): void {
  const value = edits.at(at);
  const folders = typeof value === 'string' ? value : edits.at([...at, 'path']);
  const entry = edits.append(['dev', 'sync'], typeof value === 'string' ? {} : value, at);
  select(edits, pod, entry);
  if (edits.at([...path, 'container']) !== undefined)
    edits.copy([...path, 'container'], [...entry, 'containerName']);
  if (typeof folders === 'string') {
    // C:\folder:/app keeps its drive.
    const [, local = folders, remote] = /^((?:[A-Za-z]:[\\/])?[^:]*)(?::(.*))?$/.exec(folders) ?? [];
    edits.set([...entry, 'localSubPath'], local, at);
    edits.set([...entry, 'containerPath'], remote ?? local, at);
    edits.remove([...entry, 'path']);
  }
  const base = edits.at([...path, 'workingDir']);
  const folder = edits.at([...entry, 'containerPath']) ?? '.';
  if (typeof base === 'string' && typeof folder === 'string' && !folder.startsWith('/'))
    edits.set([...entry, 'containerPath'], posix.join(base, folder), at);
  for (const key of ['startContainer', 'file', 'printLogs']) {
    const is = [...entry, key];
    if (key === 'startContainer' && says(edits.at(is))) {
      edits.problem(
        'CONFIG_UNSUPPORTED',
        is,
        'starting the container after the sync is not supported',
        'remove it',
        'key',
      );
    }
    edits.remove(is);
  }
}

function terminal(edits: Edits, path: Path, pod: Path): void {
  const at = [...path, 'terminal'];
  const is = edits.at(at);
  if (is !== undefined && edits.at([...at, 'enabled']) !== false) {
    if (edits.at(['dev', 'terminal']) !== undefined) {
      edits.problem(
        'CONFIG_UNSUPPORTED',
        at,
        'a second terminal is not supported',
        'open it with `devspace enter`',
        'key',
      );
    } else {
      const command = edits.at([...at, 'command']);
      edits.set(['dev', 'terminal'], {}, at);
      select(edits, pod, ['dev', 'terminal']);
      if (edits.at([...path, 'container']) !== undefined)
        edits.copy([...path, 'container'], ['dev', 'terminal', 'containerName']);
      if (typeof command === 'string')
        edits.set(['dev', 'terminal', 'command'], ['sh', '-c', command], [...at, 'command']);
      else edits.move([...at, 'command'], ['dev', 'terminal', 'command']);
      edits.move([...at, 'workDir'], ['dev', 'terminal', 'workDir']);
      if (edits.at(['dev', 'terminal', 'workDir']) === undefined)
        edits.copy([...path, 'workingDir'], ['dev', 'terminal', 'workDir']);
    }
  }
  edits.remove(at);
}

/** Containers of images that are built here are streamed in any case. */
function logs(edits: Edits, path: Path, pod: Path): void {
  const at = [...path, 'logs'];
  const image = edits.at([...pod, 'imageSelector']);
  const isOurs = typeof image === 'string' && imageOf(edits, image) !== undefined;
  if (edits.at(at) !== undefined && edits.at([...at, 'enabled']) !== false && !isOurs) {
    const entry = edits.append(['dev', 'logs', 'selectors'], {}, at);
    select(edits, pod, entry);
    if (edits.at([...path, 'container']) !== undefined)
      edits.copy([...path, 'container'], [...entry, 'containerName']);
  }
  const lines = edits.at([...at, 'lastLines']);
  if (lines !== undefined && edits.at(['dev', 'logs', 'showLast']) === undefined)
    edits.copy([...at, 'lastLines'], ['dev', 'logs', 'showLast']);
  edits.remove(at);
}

function select(edits: Edits, pod: Path, to: Path): void {
  for (const key of SELECTOR)
    if (edits.at([...pod, key]) !== undefined) edits.copy([...pod, key], [...to, key]);
}

function unknown(edits: Edits, path: Path): void {
  const rest = edits.at(path);
  if (typeof rest !== 'object' || rest === null) return;
  for (const key of Object.keys(rest)) {
    if (SELECTOR.includes(key)) continue;
    const known = [...READ, ...SELECTOR, ...Object.keys(UNSUPPORTED), ...Object.keys(IGNORED)];
    const meant = nearest(key, known);
    const message = meant === undefined ? 'unknown key' : `unknown key, did you mean "${meant}"?`;
    edits.problem('CONFIG_INVALID', [...path, key], message, undefined, 'key');
  }
}
