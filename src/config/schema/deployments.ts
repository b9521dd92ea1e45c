import * as z from 'zod/mini';
import { component, helmOptions } from './component.js';
import { about, free, name, optional, text, texts } from './common.js';

const kubectl = z.strictObject({
  manifests: optional(texts.check(z.minLength(1)), 'Files, folders, or kustomization folders'),
  inlineManifest: optional(name, 'Manifests right here, as one text'),
  kustomize: optional(z.boolean(), 'The manifests are kustomizations (default false)'),
  replaceImageTags: optional(z.boolean(), 'Put built tags into the manifests (default true)'),
  flags: optional(texts, 'Further flags for `kubectl apply`'),
  cmdPath: optional(text, 'kubectl to use (default: the one on PATH)'),
});

const helm = z.strictObject({
  chart: about(
    z.strictObject({
      name: about(name, 'Folder, URL, or name of the chart'),
      version: optional(text, 'Version of the chart (default: the newest)'),
      repo: optional(text, 'URL of the repository that holds the chart'),
      username: optional(text, 'User name for the repository'),
      password: optional(text, 'Password for the repository'),
    }),
    'The chart',
  ),
  values: optional(free, 'Values for the chart; they win over valuesFiles'),
  valuesFiles: optional(texts, 'Files with values; later files win'),
  ...helmOptions,
});

export const deployment = z.strictObject({
  name: about(name, 'Name of the deployment'),
  namespace: optional(text, 'Namespace to deploy into (default: the current one)'),
  kubectl: optional(kubectl, 'Deploy manifests or kustomizations'),
  helm: optional(helm, 'Deploy a helm chart'),
  component: optional(component, 'Deploy containers described right here'),
});
