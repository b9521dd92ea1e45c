import { readFileSync } from 'node:fs';
import { Failure, messageOf } from '../base/failure.js';
import { findManifests, type ManifestSource } from './manifest-files.js';
import { parseManifest, type Manifest } from './manifest.js';
import { fetchManifest, renderKustomization, type Kubectl } from './kubectl.js';

/** Where a deployment's manifests are: in files, or in the config itself. */
export interface ManifestConfig {
  readonly manifests?: readonly string[] | undefined;
  readonly kustomize?: boolean | undefined;
  readonly inlineManifest?: string | undefined;
}

/** All manifests of a deployment, read or rendered, parsed and checked. Each source counts once, however often it is listed. */
export async function renderManifests(
  root: string,
  { manifests = [], kustomize = false, inlineManifest }: ManifestConfig,
  kubectl: Kubectl,
): Promise<Manifest[]> {
  if (inlineManifest !== undefined) return [parseManifest('kubectl.inlineManifest', inlineManifest)];
  const sources = manifests.flatMap((entry) => findManifests(root, entry, kustomize));
  const distinct = new Map(sources.map((source) => [source.target, source]));
  const rendered: Manifest[] = [];
  for (const source of distinct.values())
    rendered.push(parseManifest(source.origin, await textOf(source, kubectl)));
  return rendered;
}

async function textOf({ kind, target, origin }: ManifestSource, kubectl: Kubectl): Promise<string> {
  if (kind === 'file') return readManifest(target, origin);
  return await (kind === 'url'
    ? fetchManifest(kubectl, target)
    : renderKustomization(kubectl, target, origin));
}

function readManifest(path: string, origin: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure({
      code: 'MANIFEST_NOT_FOUND',
      message: `Manifest "${origin}" cannot be read: ${messageOf(error)}`,
      subject: origin,
      hint: `ls -l ${origin}`,
      cause: error,
    });
  }
}
