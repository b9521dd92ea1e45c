import type { CommandSpec } from '../command.js';

export const printCommand: CommandSpec = {
  name: 'print',
  summary: 'print the config as it is used: profiles applied, variables filled in',
  examples: [
    'devspace print',
    'devspace print -p production --explain',
    'devspace print --var TAG=x > out.yaml',
  ],
  flags: [
    { flag: '--explain', about: 'say behind each value where it comes from' },
    { flag: '--show-secrets', about: 'print passwords, too' },
  ],
  load: () => import('../project/print.js'),
};

export const useProfile: CommandSpec = {
  name: 'profile',
  args: '[name]',
  summary: 'use a profile in all runs that are told no other',
  flags: [{ flag: '--reset', about: 'use none any more' }],
  load: () => import('./use-profile.js'),
};

export const listProfiles: CommandSpec = {
  name: 'profiles',
  summary: 'list the profiles, and which of them are used',
  flags: [],
  load: () => import('./list-profiles.js'),
};

export const listVars: CommandSpec = {
  name: 'vars',
  summary: 'list the variables, their values and where those come from',
  flags: [],
  load: () => import('./list-vars.js'),
};

export const setCommand: CommandSpec = {
  name: 'set',
  summary: 'set what devspace would ask for',
  flags: [],
  subcommands: [
    {
      name: 'var',
      args: '[assignments...]',
      summary: 'answer the question for a variable before it is asked; NAME alone asks now',
      examples: ['devspace set var REGISTRY=ghcr.io/me TAG=dev', 'devspace set var PASSWORD'],
      flags: [],
      load: () => import('./set-var.js'),
    },
  ],
};

export const resetCommand: CommandSpec = {
  name: 'reset',
  summary: 'forget what devspace remembers',
  flags: [],
  subcommands: [
    {
      name: 'vars',
      args: '[names...]',
      summary: 'forget the answers for variables, all or these',
      flags: [],
      load: () => import('./reset-vars.js'),
    },
  ],
};
