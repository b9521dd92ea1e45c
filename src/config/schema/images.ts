import * as z from 'zod';
import { name, text, textMap, texts } from './common.js';

const options = z
  .strictObject({
    target: text.optional().describe('Stage of a multi-stage Dockerfile to build'),
    network: text.optional().describe('Network mode of the build'),
    buildArgs: textMap.optional().describe('Values for the ARGs of the Dockerfile'),
  })
  .optional()
  .describe('Options of the build itself');

const docker = z.strictObject({
  preferMinikube: z
    .boolean()
    .optional()
    .describe("Use minikube's daemon when the context is minikube (default true)"),
  skipPush: z.boolean().optional().describe('Do not push after the build (default false)'),
  disableFallback: z
    .boolean()
    .optional()
    .describe('Fail instead of building in the cluster when Docker does not answer (default false)'),
  options,
});

const kaniko = z.strictObject({
  cache: z.boolean().optional().describe('Reuse layers of earlier builds'),
  snapshotMode: text.optional().describe('How kaniko finds changed files (default time)'),
  flags: texts.optional().describe('Further flags for the kaniko executor'),
  namespace: text.optional().describe('Namespace to build in (default: the current one)'),
  insecure: z.boolean().optional().describe('Push to a registry without TLS (default false)'),
  pullSecret: text.optional().describe('Secret with the credentials of the registry'),
  options,
});

const custom = z.strictObject({
  command: name.describe('Program that builds and pushes the image'),
  flags: texts.optional().describe('Arguments after the image'),
  args: texts.optional().describe('Same as flags'),
  imageFlag: text.optional().describe('Flag put before the image'),
  onChange: texts.optional().describe('Globs; the image is built again when one of these files changed'),
});

const build = z.strictObject({
  disabled: z.boolean().optional().describe('Never build this image (default false)'),
  docker: docker.optional().describe('Build with Docker (the default)'),
  kaniko: kaniko.optional().describe('Build in the cluster with kaniko'),
  custom: custom.optional().describe('Build with a program of your own'),
});

export const image = z.strictObject({
  image: name.describe('Repository without a tag'),
  tag: text.optional().describe('Fixed tag (default: 7 random characters at each build)'),
  dockerfile: text.optional().describe('Path of the Dockerfile (default ./Dockerfile)'),
  context: text.optional().describe('Build context (default ./)'),
  entrypoint: texts.optional().describe('Replaces ENTRYPOINT without touching the Dockerfile'),
  cmd: texts.optional().describe('Replaces CMD without touching the Dockerfile'),
  createPullSecret: z
    .boolean()
    .optional()
    .describe('Give the cluster the credentials of the registry (default true)'),
  build: build.optional().describe('How to build: at most one of docker, kaniko and custom'),
});
