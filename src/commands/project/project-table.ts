import type { CommandSpec, FlagSpec } from '../command.js';
import { listProfiles, listVars, useProfile } from '../variables/variables-table.js';

export const initCommand: CommandSpec = {
  name: 'init',
  summary: 'make a devspace.yaml for the project in this folder',
  examples: [
    'devspace init',
    'devspace init --yes',
    'devspace init --dockerfile web/Dockerfile --image registry.example.com/web --port 8080',
    'devspace init --existing-image nginx:1.27 --port 80 --yes',
  ],
  flags: [
    { flag: '-r, --reconfigure', about: 'begin again: the devspace.yaml there is becomes devspace.yaml.old' },
    { flag: '-y, --yes', about: 'ask nothing, take what is found' },
    { flag: '--name <name>', about: 'name of the deployment (default: that of the folder)' },
    {
      flag: '--dockerfile <path>',
      about: 'Dockerfile to build (default: ./Dockerfile, else one further down)',
    },
    { flag: '--context <folder>', about: 'folder to build' },
    {
      flag: '--language <language>',
      about: 'make a Dockerfile: node, python, go, java, php, ruby, rust or dotnet (default: as detected)',
    },
    { flag: '--image <repository>', about: 'where the image is pushed to, without a tag' },
    { flag: '--existing-image <image>', about: 'deploy an image that is not built here' },
    {
      flag: '--manifests <paths>',
      about: 'manifests to deploy, separated by commas (default: those there are, else new ones)',
    },
    { flag: '--kustomize <folder>', about: 'kustomization to deploy' },
    { flag: '--chart <chart>', about: 'helm chart to deploy' },
    { flag: '--port <number>', about: 'port that the program listens on, 0 for none (default: as detected)' },
  ],
  load: () => import('../edit/init.js'),
};

export const runCommand: CommandSpec = {
  name: 'run',
  args: '[name] [args...]',
  summary: 'run a command of devspace.yaml in the folder of the project',
  examples: ['devspace run', 'devspace run test', 'devspace run test --watch src'],
  flags: [],
  passThrough: true,
  moreHelp: () => import('./run-names.js'),
  load: () => import('./run.js'),
};

/** What the project and the kubeconfig have. */
export const listCommand: CommandSpec = {
  name: 'list',
  summary: 'list what is configured',
  flags: [],
  subcommands: [
    {
      name: 'commands',
      summary: 'list the commands for devspace run',
      flags: [],
      load: () => import('./list-commands.js'),
    },
    {
      name: 'deployments',
      summary: 'list the deployments, and where they are deployed',
      flags: [],
      load: () => import('./list-deployments.js'),
    },
    {
      name: 'ports',
      summary: 'list the ports that devspace dev forwards',
      flags: [],
      load: () => import('./list-ports.js'),
    },
    {
      name: 'sync',
      summary: 'list the folders that devspace dev syncs; those that are synced now: devspace status sync',
      flags: [],
      load: () => import('./list-sync.js'),
    },
    {
      name: 'contexts',
      summary: 'list the contexts of the kubeconfig',
      flags: [],
      load: () => import('../context/list-contexts.js'),
    },
    {
      name: 'namespaces',
      summary: 'list the namespaces of the cluster',
      flags: [],
      load: () => import('../context/list-namespaces.js'),
    },
    listProfiles,
    listVars,
    {
      name: 'available-components',
      summary: 'list what devspace add deployment --component knows',
      flags: [],
      load: () => import('../edit/list-available-components.js'),
    },
  ],
};

/** What further commands work with. */
export const useCommand: CommandSpec = {
  name: 'use',
  summary: 'choose what the next commands work with',
  flags: [],
  subcommands: [
    {
      name: 'context',
      args: '[name]',
      summary: 'make a context of the kubeconfig the current one, for kubectl as well',
      flags: [],
      load: () => import('../context/use-context.js'),
    },
    {
      name: 'namespace',
      args: '[name]',
      summary: 'set the namespace of the current context, for kubectl as well',
      flags: [{ flag: '--reset', about: 'take the namespace out of the context' }],
      load: () => import('../context/use-namespace.js'),
    },
    useProfile,
  ],
};

export const updateCommand: CommandSpec = {
  name: 'update',
  summary: 'bring something up to date',
  flags: [],
  subcommands: [
    {
      name: 'config',
      summary: 'rewrite devspace.yaml for the newest version of its format',
      examples: ['devspace update config --dry-run'],
      flags: [{ flag: '--dry-run', about: 'only show what would change' }],
      load: () => import('../edit/update-config.js'),
    },
  ],
};

const podsFlags: readonly FlagSpec[] = [
  { flag: '--image-name <name>', about: 'entry in images: the pods that run it' },
  { flag: '--label-selector <selector>', about: 'labels of the pods, for example app=web,tier=api' },
];

/** Changes of devspace.yaml that keep its comments and its style. */
export const addCommand: CommandSpec = {
  name: 'add',
  summary: 'add something to devspace.yaml',
  flags: [],
  subcommands: [
    {
      name: 'deployment',
      args: '<name>',
      summary: 'deploy manifests, a kustomization, a chart or an image; -n sets its namespace',
      examples: [
        'devspace add deployment web --manifests kube/web.yaml,kube/db',
        'devspace add deployment api --dockerfile api/Dockerfile --context api --image registry.example.com/api',
        'devspace add deployment cache --component redis',
        'devspace add deployment db --chart postgresql --chart-repo https://charts.example.com',
      ],
      flags: [
        { flag: '--manifests <paths>', about: 'files or folders, separated by commas' },
        { flag: '--kustomize <folder>', about: 'folder of a kustomization' },
        { flag: '--chart <chart>', about: 'folder, URL or name of a helm chart' },
        { flag: '--chart-version <version>', about: 'version of the chart' },
        { flag: '--chart-repo <url>', about: 'repository that holds the chart' },
        {
          flag: '--image <image>',
          about: 'image to run as it is; with --dockerfile where it is pushed to (default: the name)',
        },
        { flag: '--dockerfile <path>', about: 'Dockerfile of an image to build and run' },
        { flag: '--context <folder>', about: 'folder that this image is built from (default: ./)' },
        { flag: '--component <name>', about: 'one of devspace list available-components' },
      ],
      load: () => import('../edit/add-deployment.js'),
    },
    {
      name: 'image',
      args: '<name>',
      summary: 'build an image',
      examples: ['devspace add image web --image registry.example.com/web --context web'],
      flags: [
        { flag: '--image <image>', about: 'where it is pushed to: repository, tag if it is always the same' },
        { flag: '--tag <tag>', about: 'tag that every build gets (default: a new one each time)' },
        { flag: '--dockerfile <path>', about: 'Dockerfile (default: ./Dockerfile)' },
        { flag: '--context <folder>', about: 'folder to build (default: ./)' },
        { flag: '--buildtool <tool>', about: 'docker or kaniko (default: docker)' },
      ],
      load: () => import('../edit/add-image.js'),
    },
    {
      name: 'port',
      args: '<ports>',
      summary: 'forward local ports to pods: LOCAL or LOCAL:REMOTE, separated by commas',
      examples: [
        'devspace add port 8080:80',
        'devspace add port 3000,9229 --image-name api',
        'devspace add port 5353:53 --protocol udp',
      ],
      flags: [
        { flag: '--protocol <protocol>', about: 'tcp or udp; udp goes through the helper (default: tcp)' },
        { flag: '--via-helper', about: 'go through the helper, which passes on the end of input' },
        { flag: '--reverse', about: 'from the pod to this machine; REMOTE is the port in the pod' },
        ...podsFlags,
      ],
      load: () => import('../edit/add-port.js'),
    },
    {
      name: 'sync',
      summary: 'sync a local folder with one in containers',
      examples: ['devspace add sync --local src --container /app/src --exclude node_modules/,dist/'],
      flags: [
        { flag: '--local <folder>', about: 'local folder, relative to devspace.yaml' },
        { flag: '--container <folder>', about: 'absolute folder in the container' },
        { flag: '--exclude <patterns>', about: 'gitignore patterns, separated by commas' },
        ...podsFlags,
      ],
      load: () => import('../edit/add-sync.js'),
    },
  ],
};

const all: FlagSpec = { flag: '--all', about: 'remove all there are' };

export const removeCommand: CommandSpec = {
  name: 'remove',
  summary: 'remove something from devspace.yaml, or a context from the kubeconfig',
  flags: [],
  subcommands: [
    {
      name: 'deployment',
      args: '[name]',
      summary: 'do not deploy it any more',
      flags: [
        all,
        { flag: '--purge', about: 'delete it from the cluster, too, volumes excepted' },
        { flag: '--no-purge', about: 'leave it in the cluster, and do not ask' },
      ],
      load: () => import('../edit/remove-deployment.js'),
    },
    {
      name: 'image',
      args: '[name]',
      summary: 'do not build it any more',
      flags: [all],
      load: () => import('../edit/remove-image.js'),
    },
    {
      name: 'port',
      args: '[ports]',
      summary: 'do not forward ports any more: those with that local or remote port',
      flags: [all, { flag: '--reverse', about: 'those from pods to this machine' }, ...podsFlags],
      load: () => import('../edit/remove-port.js'),
    },
    {
      name: 'sync',
      summary: 'do not sync any more what fits all flags given',
      flags: [
        all,
        { flag: '--local <folder>', about: 'its local folder' },
        { flag: '--container <folder>', about: 'its folder in the container' },
        ...podsFlags,
      ],
      load: () => import('../edit/remove-sync.js'),
    },
    {
      name: 'context',
      args: '[name]',
      summary: 'remove a context from the kubeconfig, with its cluster and user when no other needs them',
      flags: [],
      load: () => import('../context/remove-context.js'),
    },
  ],
};

/** `commands`: those to complete. A function, because it is one of them itself. */
export const completionCommand = (commands: () => readonly CommandSpec[]): CommandSpec => ({
  name: 'completion',
  args: '[shell] [words...]',
  summary: 'print what bash, zsh or fish need to complete commands, flags and names of the project',
  examples: ['source <(devspace completion bash)', 'devspace completion fish | source'],
  flags: [],
  load: async () => ({ run: (await import('../completion/completion.js')).completionOf(commands()) }),
});
