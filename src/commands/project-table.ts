import type { CommandSpec } from './command.js';

export const runCommand: CommandSpec = {
  name: 'run',
  args: '[name] [args...]',
  summary: 'run a command of devspace.yaml in the folder of the project',
  examples: ['devspace run', 'devspace run test', 'devspace run test --watch src'],
  flags: [],
  passThrough: true,
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
  ],
};
