import * as z from 'zod/mini';
import { about, free, name, optional, text, texts } from './common.js';

export const dependency = z.strictObject({
  source: about(
    z.strictObject({
      git: optional(text, 'URL of a repository'),
      branch: optional(text),
      tag: optional(text),
      revision: optional(text),
      subPath: optional(text, 'Folder inside the repository or path'),
      path: optional(text, 'Local folder'),
    }),
    'Where the other project is: git or path',
  ),
  profile: optional(text, 'Profile of the other project'),
  skipBuild: optional(z.boolean()),
  ignoreDependencies: optional(z.boolean()),
  namespace: optional(text),
});

const moment = z.strictObject({
  images: optional(text, '`all` or the name of an image'),
  deployments: optional(text, '`all` or the name of a deployment'),
});
export const hook = z.strictObject({
  command: about(name, 'Program to run, without a shell'),
  args: optional(texts),
  when: optional(z.strictObject({ before: optional(moment), after: optional(moment) })),
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

export const variable = z.strictObject({
  name,
  question: optional(text),
  options: optional(texts),
  password: optional(z.boolean()),
  validationPattern: optional(text),
  validationMessage: optional(text),
  default: optional(text),
  source: optional(z.enum(['all', 'env', 'input'])),
});

export const profile = z.strictObject({
  name,
  replace: optional(free, 'Sections that replace those of the config'),
  patches: optional(
    z.array(
      z.strictObject({
        op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
        path: name,
        value: optional(z.unknown()),
        from: optional(text),
      }),
    ),
  ),
});
