import * as z from 'zod/mini';
import { about, name, optional, text, textMap, texts } from './common.js';

const options = optional(
  z.strictObject({
    target: optional(text, 'Stage of a multi-stage Dockerfile to build'),
    network: optional(text, 'Network mode of the build'),
    buildArgs: optional(textMap, 'Values for the ARGs of the Dockerfile'),
  }),
  'Options of the build itself',
);

const docker = z.strictObject({
  preferMinikube: optional(z.boolean(), "Use minikube's daemon when the context is minikube (default true)"),
  skipPush: optional(z.boolean(), 'Do not push after the build (default false)'),
  disableFallback: optional(
    z.boolean(),
    'Fail instead of building in the cluster when Docker does not answer (default false)',
  ),
  options,
});

const kaniko = z.strictObject({
  cache: optional(z.boolean(), 'Reuse layers of earlier builds'),
  snapshotMode: optional(text, 'How kaniko finds changed files (default time)'),
  flags: optional(texts, 'Further flags for the kaniko executor'),
  namespace: optional(text, 'Namespace to build in (default: the current one)'),
  insecure: optional(z.boolean(), 'Push to a registry without TLS (default false)'),
  pullSecret: optional(text, 'Secret with the credentials of the registry'),
  options,
});

const custom = z.strictObject({
  command: about(name, 'Program that builds and pushes the image'),
  flags: optional(texts, 'Arguments after the image'),
  args: optional(texts, 'Same as flags'),
  imageFlag: optional(text, 'Flag put before the image'),
  skipImageArg: optional(z.boolean(), 'Do not pass the image as an argument (default false)'),
  onChange: optional(texts, 'Globs; the image is built again when one of these files changed'),
});

const build = z.strictObject({
  disabled: optional(z.boolean(), 'Never build this image (default false)'),
  docker: optional(docker, 'Build with Docker (the default)'),
  kaniko: optional(kaniko, 'Build in the cluster with kaniko'),
  custom: optional(custom, 'Build with a program of your own'),
});

export const image = z.strictObject({
  image: about(name, 'Repository without a tag'),
  tag: optional(
    text,
    'Fixed tag, in which each # is a random character of every build (default: 7 random characters)',
    'dev-####',
  ),
  dockerfile: optional(text, 'Path of the Dockerfile (default ./Dockerfile)'),
  context: optional(text, 'Build context (default ./)'),
  entrypoint: optional(texts, 'Replaces ENTRYPOINT without touching the Dockerfile'),
  cmd: optional(texts, 'Replaces CMD without touching the Dockerfile'),
  createPullSecret: optional(z.boolean(), 'Give the cluster the credentials of the registry (default true)'),
  build: optional(build, 'How to build: at most one of docker, kaniko and custom'),
  injectRestartHelper: optional(
    z.boolean(),
    'Start the container under a supervisor, so that dev.sync can restart its process (default false)',
  ),
});
