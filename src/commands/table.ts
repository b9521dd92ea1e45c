import type { CommandSpec, FlagSpec } from './command.js';
import {
  addCommand,
  completionCommand,
  initCommand,
  listCommand,
  removeCommand,
  runCommand,
  updateCommand,
  useCommand,
} from './project/project-table.js';
import { statusCommand, syncCommands } from './sync/sync-table.js';
import { printCommand, resetCommand, setCommand } from './variables/variables-table.js';

const pipelineFlags: readonly FlagSpec[] = [
  { flag: '-b, --force-build', about: 'build every image even if unchanged' },
  { flag: '--skip-build', about: 'build nothing, use the tags of the last build' },
  { flag: '--build-sequential', about: 'build one image after another' },
  { flag: '--skip-push', about: 'do not push images' },
  { flag: '--deployments <names>', about: 'only these deployments, separated by commas' },
];

const targetFlags: readonly FlagSpec[] = [
  { flag: '-c, --container <name>', about: 'container to use' },
  { flag: '--pod <name>', about: 'pod to use' },
  {
    flag: '-l, --label-selector <selector>',
    about: 'labels of the pod, for example app=web,tier=api',
    repeatable: true,
  },
  { flag: '-p, --pick', about: 'choose from a list' },
];

const imageSelector: FlagSpec = {
  flag: '--image-selector <image>',
  about: 'image that the container runs; without a tag, any tag',
};

const wait: FlagSpec = { flag: '--wait', about: 'wait for the container also when there is none yet' };

const reconnect: FlagSpec = {
  flag: '--reconnect',
  about: 'go on in the replacement of a pod that went away, without asking',
};

const timeout: FlagSpec = {
  flag: '--timeout <seconds>',
  about: 'how long to wait for a container to run',
  default: '120',
};

const allowDeletions: FlagSpec = {
  flag: '--allow-deletions',
  about: 'delete on the other side, too, what looks like deleted by accident',
};

/** Every command. The order is that of `devspace --help`. */
export const commands: readonly CommandSpec[] = [
  initCommand,
  {
    name: 'dev',
    args: '[command...]',
    passThrough: true,
    summary: 'build, deploy, then forward ports, sync files and stream logs',
    examples: ['devspace dev', 'devspace dev -i', 'devspace dev -i npm test'],
    flags: [
      ...pipelineFlags,
      { flag: '-x, --skip-pipeline', about: 'skip building and deploying, only start the services' },
      { flag: '--no-sync', about: 'do not sync files' },
      { flag: '--no-portforwarding', about: 'do not forward ports' },
      { flag: '--no-open', about: 'do not open the browser' },
      { flag: '--verbose-sync', about: 'print each synced file' },
      allowDeletions,
      {
        flag: '-i, --interactive',
        about: 'open a terminal instead of the logs, for the command or for a shell',
      },
      { flag: '--no-interactive', about: 'stream the logs, though dev.interactive.defaultEnabled is set' },
      { flag: '--terminal-reconnect', about: reconnect.about },
      { flag: '--take-over', about: 'end another run of this project in the namespace, and take its place' },
      {
        flag: '--beside',
        about: 'run next to another run of this project: on other local ports, nothing is deployed',
      },
      { flag: '--exit-after-deploy', about: 'stop after deploying' },
      timeout,
    ],
    load: () => import('./pipeline/dev.js'),
  },
  {
    name: 'deploy',
    summary: 'build images and deploy',
    flags: pipelineFlags,
    load: () => import('./pipeline/deploy.js'),
  },
  {
    name: 'build',
    summary: 'build, tag and push images',
    flags: pipelineFlags.filter(
      ({ flag }) => !flag.startsWith('--deployments') && !flag.startsWith('--skip-build'),
    ),
    load: () => import('./pipeline/build.js'),
  },
  {
    name: 'purge',
    summary: 'delete what was deployed',
    flags: [
      { flag: '-d, --deployments <names>', about: 'only these deployments, separated by commas' },
      { flag: '--delete-volumes', about: 'also delete persistent volume claims' },
    ],
    load: () => import('./pipeline/purge.js'),
  },
  {
    name: 'enter',
    args: '[command...]',
    summary: 'open a shell, or run a command, in a container',
    examples: [
      'devspace enter',
      'devspace enter -c app -- ls -la /app',
      'devspace enter npm test -- --watch',
    ],
    passThrough: true,
    flags: [
      ...targetFlags,
      imageSelector,
      { flag: '--workdir <folder>', about: 'folder in the container to start in' },
      { flag: '--tty', about: 'give the command a terminal, also when there is none here' },
      { flag: '--no-tty', about: 'give the command plain pipes, also in a terminal' },
      reconnect,
      wait,
      timeout,
    ],
    load: () => import('./container/enter.js'),
  },
  {
    name: 'attach',
    summary: "connect with a container's main process",
    examples: ['devspace attach', 'devspace attach --pod web-0 -c app'],
    flags: [...targetFlags, imageSelector, wait, timeout],
    load: () => import('./container/attach.js'),
  },
  {
    name: 'logs',
    summary: 'print the logs of a container',
    examples: ['devspace logs -f', 'devspace logs --pod web-0 --lines 20', 'devspace logs -f --since 5m'],
    flags: [
      ...targetFlags,
      imageSelector,
      { flag: '-f, --follow', about: 'stream new lines, also of the container after a restart' },
      {
        flag: '--lines <number>',
        about: 'how many of the last lines to print, or all (default: 200; with --since all)',
      },
      { flag: '--since <time>', about: 'only lines since then: 5m, 1h30m, or 2026-01-31T08:00:00Z' },
      { flag: '--previous', about: 'what the container printed before its last restart' },
      wait,
      timeout,
    ],
    load: () => import('./container/logs.js'),
  },
  {
    name: 'sync',
    summary: 'sync a local folder with a container',
    examples: ['devspace sync --path src:/app/src', 'devspace sync --pod web-0 --exclude node_modules/'],
    flags: [
      ...targetFlags,
      imageSelector,
      { flag: '-e, --exclude <pattern>', about: 'gitignore pattern of files not to sync', repeatable: true },
      { flag: '--exclude-file <file>', about: 'file of such patterns, in the local folder' },
      { flag: '--git-ignore', about: 'do not sync what git ignores' },
      { flag: '--path <local:remote>', about: 'both folders at once' },
      { flag: '--local-path <folder>', about: 'local folder (default: the current one)' },
      {
        flag: '--container-path <folder>',
        about: 'folder in the container (default: its working directory)',
      },
      {
        flag: '--initial-sync <strategy>',
        about:
          'how the first sync treats differences: preferNewest (default), preferLocal, preferRemote, mirrorLocal, mirrorRemote, keepAll, disabled',
      },
      {
        flag: '--no-download-on-initial-sync',
        about: 'leave files alone that only the container has at the start',
      },
      { flag: '--no-watch', about: 'end after the first sync' },
      { flag: '--upload-only', about: 'change nothing in the local folder' },
      { flag: '--download-only', about: 'change nothing in the container' },
      { flag: '--polling', about: 'look for changes every 2 seconds, where nothing tells of them' },
      {
        flag: '--sync-replicas',
        about: 'upload to every pod that the selector matches, download from the newest',
      },
      allowDeletions,
      { flag: '--verbose', about: 'print each synced file' },
      timeout,
    ],
    subcommands: syncCommands,
    load: () => import('./sync/sync.js'),
  },
  runCommand,
  addCommand,
  removeCommand,
  listCommand,
  updateCommand,
  useCommand,
  setCommand,
  resetCommand,
  printCommand,
  statusCommand,
  completionCommand(() => commands),
];
