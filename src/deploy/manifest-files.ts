import { readdirSync, statSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { Failure } from '../base/failure.js';

/** Where the text of manifests comes from. */
export interface ManifestSource {
  readonly kind: 'file' | 'url' | 'kustomization';
  /** Absolute path; for a kustomization also a repository; or the URL. */
  readonly target: string;
  /** The same for people: relative to the project. */
  readonly origin: string;
}

const MANIFEST = /\.(ya?ml|json)$/;
const WILDCARD = /[*?]/;
const KUSTOMIZATION = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;

/**
 * What one entry of `kubectl.manifests` stands for: a file; a folder, not descending, as with `kubectl apply -f`; a pattern with `*`, `?` and `**`; a URL;
 * or, with `kustomize`, a folder with a kustomization. Fails with MANIFEST_NOT_FOUND.
 */
export function findManifests(root: string, entry: string, kustomize: boolean): ManifestSource[] {
  if (kustomize) return [findKustomization(root, entry)];
  if (/^https?:\/\//.test(entry)) return [{ kind: 'url', target: entry, origin: entry }];
  const path = posix.normalize(entry.replaceAll('\\', '/'));
  const files = WILDCARD.test(path) ? expand(root, path) : listed(root, path);
  if (files.length === 0) throw notFound(entry, whyNone(root, path));
  return files.map((file) => ({
    kind: 'file',
    target: file,
    origin: relative(root, file).replaceAll('\\', '/'),
  }));
}

function findKustomization(root: string, entry: string): ManifestSource {
  // kubectl also takes `github.com/org/repo//folder?ref=v1`.
  if (/:\/\/|^github\.com\//.test(entry)) return { kind: 'kustomization', target: entry, origin: entry };
  const folder = join(root, entry.replaceAll('*', '').replace(KUSTOMIZATION, ''));
  const names = kindOf(folder) === 'folder' ? readdirSync(folder) : [];
  if (!names.some((name) => KUSTOMIZATION.test(name)))
    throw notFound(entry, 'no folder with a kustomization.yaml');
  return { kind: 'kustomization', target: folder, origin: relative(root, folder) || '.' };
}

function listed(root: string, path: string): string[] {
  const full = join(root, path);
  const kind = kindOf(full);
  if (kind === 'folder') return manifestsIn(full);
  return kind === 'file' ? [full] : [];
}

function expand(root: string, pattern: string): string[] {
  const parts = pattern.replace(/\/$/, '').split('/');
  const last = parts.at(-1) ?? '';
  // `kube/*` means the manifests there, not the README beside them; `kube/*.tpl` means what it says.
  const fits = (path: string): boolean =>
    kindOf(path) === 'file' && (!last.endsWith('*') || MANIFEST.test(path));
  const matches = [...new Set(walk(root, parts))].filter(fits).sort();
  // Last resort: an older spelling, in which a star had no meaning at all.
  return matches.length > 0 ? matches : listed(root, pattern.replace(/[*?]/g, ''));
}

function walk(folder: string, parts: readonly string[]): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [folder];
  if (part === '**') {
    const below = namesIn(folder).map((name) => join(folder, name));
    const folders = below.filter((path) => kindOf(path) === 'folder');
    return [
      ...(rest.length > 0 ? walk(folder, rest) : below),
      ...folders.flatMap((path) => walk(path, parts)),
    ];
  }
  if (!WILDCARD.test(part)) return walk(join(folder, part), rest);
  const regex = new RegExp(
    `^${part
      .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  const matching = namesIn(folder).filter(
    (name) => regex.test(name) && (!name.startsWith('.') || part.startsWith('.')),
  );
  return matching.flatMap((name) => walk(join(folder, name), rest));
}

function manifestsIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => MANIFEST.test(name))
    .map((name) => join(folder, name))
    .filter((path) => kindOf(path) === 'file');
}

function namesIn(folder: string): string[] {
  return kindOf(folder) === 'folder' ? readdirSync(folder).sort() : [];
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() ? 'folder' : stat?.isFile() ? 'file' : undefined;
}

function whyNone(root: string, path: string): string {
  if (WILDCARD.test(path)) return 'no file matches';
  return kindOf(join(root, path)) === 'folder'
    ? 'the folder holds no .yaml, .yml or .json file'
    : 'no such file or folder';
}

function notFound(entry: string, why: string): Failure {
  return new Failure({
    code: 'MANIFEST_NOT_FOUND',
    message: `Manifest "${entry}": ${why}`,
    subject: entry,
    hint: 'Correct deployments[*].kubectl.manifests in devspace.yaml; paths are relative to that file',
  });
}
