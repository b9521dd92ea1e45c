import * as z from 'zod';
import { component, helmOptions } from './component.js';
import { free, name, text, texts } from './common.js';

const kubectl = z.strictObject({
  manifests: texts.min(1).describe('Files, folders, or kustomization folders'),
  kustomize: z.boolean().optional().describe('The manifests are kustomizations (default false)'),
  replaceImageTags: z.boolean().optional().describe('Put built tags into the manifests (default true)'),
  flags: texts.optional().describe('Further flags for `kubectl apply`'),
  cmdPath: text.optional().describe('kubectl to use (default: the one on PATH)'),
});

const helm = z.strictObject({
  chart: z.strictObject({
    name: name.describe('Folder, URL, or name of the chart'),
    version: text.optional(),
    repo: text.optional().describe('URL of the repository that holds the chart'),
    username: text.optional(),
    password: text.optional(),
  }),
  values: free.optional().describe('Values for the chart; they win over valuesFiles'),
  valuesFiles: texts.optional().describe('Files with values; later files win'),
  ...helmOptions,
});

export const deployment = z.strictObject({
  name: name.describe('Name of the deployment'),
  namespace: text.optional().describe('Namespace to deploy into (default: the current one)'),
  kubectl: kubectl.optional().describe('Deploy manifests or kustomizations'),
  helm: helm.optional().describe('Deploy a helm chart'),
  component: component.optional().describe('Deploy containers described right here'),
});
