import * as z from 'zod';
import { free, name, text, texts } from './common.js';

export const dependency = z.strictObject({
  source: z
    .strictObject({
      git: text.optional().describe('URL of a repository'),
      branch: text.optional(),
      tag: text.optional(),
      revision: text.optional(),
      subPath: text.optional().describe('Folder inside the repository or path'),
      path: text.optional().describe('Local folder'),
    })
    .describe('Where the other project is: git or path'),
  profile: text.optional().describe('Profile of the other project'),
  skipBuild: z.boolean().optional(),
  ignoreDependencies: z.boolean().optional(),
  namespace: text.optional(),
});

const moment = z.strictObject({
  images: text.optional().describe('`all` or the name of an image'),
  deployments: text.optional().describe('`all` or the name of a deployment'),
});
export const hook = z.strictObject({
  command: name.describe('Program to run, without a shell'),
  args: texts.optional(),
  when: z.strictObject({ before: moment.optional(), after: moment.optional() }).optional(),
});

export const command = z.strictObject({
  name: name.describe('What follows `devspace run`'),
  command: name.describe('Shell line'),
});

export const variable = z.strictObject({
  name,
  question: text.optional(),
  options: texts.optional(),
  password: z.boolean().optional(),
  validationPattern: text.optional(),
  validationMessage: text.optional(),
  default: text.optional(),
  source: z.enum(['all', 'env', 'input']).optional(),
});

export const profile = z.strictObject({
  name,
  replace: free.optional().describe('Sections that replace those of the config'),
  patches: z
    .array(
      z.strictObject({
        op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
        path: name,
        value: z.unknown().optional(),
        from: text.optional(),
      }),
    )
    .optional(),
});
