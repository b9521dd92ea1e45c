import type { CommandSpec, FlagSpec } from '../command.js';

const localPath: FlagSpec = {
  flag: '--local-path <folder>',
  about: 'local folder of the sync (default: every sync of this folder)',
};

const containerFlags: readonly FlagSpec[] = [
  localPath,
  { flag: '--container-path <folder>', about: 'folder in the container' },
  { flag: '-c, --container <name>', about: 'container to look at' },
  { flag: '--pod <name>', about: 'pod to look at' },
  { flag: '-l, --label-selector <selector>', about: 'labels of the pod, for example app=web,tier=api' },
  { flag: '--pick', about: 'choose from a list' },
  {
    flag: '-e, --exclude <pattern>',
    about: 'gitignore pattern of files that are not synced',
    repeatable: true,
  },
  { flag: '--timeout <seconds>', about: 'how long to wait for a container to run', default: '20' },
];

/** What `devspace sync` has beside itself. */
export const syncCommands: readonly CommandSpec[] = [
  {
    name: 'status',
    summary: 'show the state of the syncs here, their conflicts and what they leave out',
    flags: [localPath],
    load: () => import('./sync-status.js'),
  },
  {
    name: 'undo',
    args: '[paths...]',
    summary: 'bring back what a sync deleted or replaced here',
    examples: [
      'devspace sync undo --list',
      'devspace sync undo',
      'devspace sync undo src/app.js',
      'devspace sync undo --at 2026-01-31T10:15',
    ],
    flags: [
      { flag: '--list', about: 'show what can be brought back, and change nothing' },
      { flag: '--at <time>', about: 'bring back what was deleted or replaced then, as --list shows it' },
      { flag: '--all', about: 'bring back the newest version of everything' },
      localPath,
    ],
    load: () => import('./sync-undo.js'),
  },
  {
    name: 'verify',
    summary: 'compare the content of both sides by hash, and change nothing',
    examples: [
      'devspace sync verify',
      'devspace sync verify --pod web-0 --local-path src --container-path /app/src',
    ],
    flags: containerFlags,
    load: () => import('./sync-verify.js'),
  },
  {
    name: 'why',
    args: '<path>',
    summary: 'tell what decides about a file or folder: rules, what both sides have, what happens next',
    examples: ['devspace sync why src/app.js', 'devspace sync why node_modules --no-cluster'],
    flags: [...containerFlags, { flag: '--no-cluster', about: 'do not look into the container' }],
    load: () => import('./sync-why.js'),
  },
  {
    name: 'reset',
    summary: 'forget what earlier syncs had in common, so that the next one deletes nothing',
    flags: [localPath],
    load: () => import('./sync-reset.js'),
  },
];

export const statusCommand: CommandSpec = {
  name: 'status',
  summary: 'show what runs here, and the state of each service',
  flags: [],
  load: () => import('../pipeline/status.js'),
  subcommands: [
    {
      name: 'sync',
      summary: 'list the syncs here, with pod, folders and latest activity',
      flags: [localPath],
      load: () => import('./status-sync.js'),
    },
  ],
};
