import * as z from 'zod/mini';
import { about, count, free, name, optional, text, textMap, texts } from './common.js';

export const dependency = z.strictObject({
  name: optional(text, 'What messages call it'),
  source: about(
    z.strictObject({
      git: optional(text, 'URL of a repository'),
      branch: optional(text, 'Branch to check out'),
      tag: optional(text, 'Tag to check out'),
      revision: optional(text, 'Commit to check out'),
      subPath: optional(text, 'Folder inside the repository or path'),
      path: optional(text, 'Local folder'),
    }),
    'Where the other project is: git or path',
  ),
  profile: optional(text, 'Profile of the other project'),
  skipBuild: optional(z.boolean(), 'Do not build its images (default false)'),
  ignoreDependencies: optional(z.boolean(), 'Leave out what it depends on itself (default false)'),
  namespace: optional(text, 'Namespace to deploy it into (default: the current one)'),
});

const moment = z.strictObject({
  images: optional(text, '`all` or the name of an image'),
  deployments: optional(text, '`all` or the name of a deployment'),
});
export const hook = z.strictObject({
  command: about(name, 'Program to run, without a shell'),
  args: optional(texts, 'Its arguments'),
  when: optional(
    z.strictObject({
      before: optional(moment, 'Before images are built, or before deployments'),
      after: optional(moment, 'After images are built, or after deployments'),
    }),
    'When to run it',
  ),
  events: optional(texts, 'When to run it, as in before:build:web or error:deploy:*; `*` is any name', [
    'before:deploy',
    'error:build:*',
  ]),
  container: optional(
    z.strictObject({
      imageSelector: optional(name, 'Image that the containers run'),
      imageName: optional(text, 'Name of an entry in images'),
      labelSelector: optional(textMap, 'Pod labels that must all match'),
      pod: optional(text, 'Name of the pod'),
      containerName: optional(text, 'Container of the pod, where there are several'),
      namespace: optional(text, 'Namespace of the pods (default: the current one)'),
      wait: optional(z.boolean(), 'Wait until it runs (default true)'),
      timeout: optional(count, 'For how many seconds to wait (default 150)'),
      once: optional(z.boolean(), 'Only once in each container (default false)'),
    }),
    'Run the command there instead of here',
  ),
});

export const command = z.strictObject({
  name: about(name, 'What follows `devspace run`'),
  command: about(name, 'Line for the shell; with args a program'),
  args: optional(texts, 'Arguments; with them, even an empty list, no shell is used'),
  appendArgs: optional(
    z.boolean(),
    'Put the arguments of `devspace run` behind the line (default: unless the line has $@ or $*)',
  ),
  description: optional(text, 'What `devspace list commands` says of it'),
});

/** What a variable stands for: typed values keep their type. */
const value = z.union([z.string(), z.number(), z.boolean()]);

const program = {
  command: optional(text, 'Program whose output is the value; without `args` a line for the shell'),
  args: optional(texts, 'Its arguments; with them no shell is used'),
};

export const variable = z.strictObject({
  name: about(name, 'What stands in ${…}'),
  source: optional(
    z.enum(['all', 'env', 'input', 'command', 'none']),
    'Where the value comes from: all (default) is the environment, else a question; none is the default',
  ),
  value: optional(value, 'The value itself; nobody is asked'),
  default: optional(value, 'Used where there is nothing else, and proposed in the question'),
  question: optional(text, 'What to ask'),
  options: optional(z.array(value), 'Answers to choose from'),
  password: optional(z.boolean(), 'Do not show what is typed, nor print the value anywhere'),
  validationPattern: optional(text, 'Regular expression that an answer has to match'),
  validationMessage: optional(text, 'What to say when it does not'),
  noCache: optional(z.boolean(), 'Ask every time'),
  alwaysResolve: optional(z.boolean(), 'Ask also when nothing uses it'),
  ...program,
  commands: optional(
    z.array(
      z.strictObject({
        ...program,
        os: optional(text, 'System that it is for: linux, darwin, windows; without it for all others'),
      }),
    ),
    'Commands for several systems; the first that fits is used',
  ),
});

const patch = z.strictObject({
  op: about(z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']), 'What to do'),
  path: about(name, 'Such as dev.ports[0].forward, /images/web/tag or deployments.name=web.helm'),
  value: optional(z.unknown(), 'For add, replace and test: the value'),
  from: optional(text, 'For move and copy: where it is'),
});

export const profile = z.strictObject({
  name: about(name, 'What `-p` and `devspace use profile` call it'),
  description: optional(text, 'What `devspace list profiles` says of it'),
  parent: optional(text, 'Profile to apply before this one'),
  parents: optional(
    z.array(
      z.strictObject({
        profile: about(name, 'Name of the profile'),
        source: optional(z.unknown(), 'Only profiles of this file are supported'),
      }),
    ),
    'Profiles to apply before this one, in this order',
  ),
  activation: optional(
    z.array(
      z.strictObject({
        env: optional(textMap, 'Regular expressions for environment variables; all must match'),
        vars: optional(textMap, 'Regular expressions for variables of this config; all must match'),
      }),
    ),
    'When to use it without being told to: when one of these fits',
  ),
  replace: optional(free, 'Sections that replace those of the config'),
  merge: optional(free, 'Merged into the config; null removes (RFC 7396)'),
  strategicMerge: optional(free, 'The same, with lists of named entries merged by name'),
  patches: optional(z.array(patch), 'Changes of single places, in this order'),
});
