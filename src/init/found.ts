import { posix } from 'node:path';
import { load } from 'js-yaml';
import { parseImageReference } from '../base/image-reference.js';
import type { Survey } from './survey.js';

/** What of a project can be used as it is. */
export interface Found {
  /** Nearest to the top first; the one named `Dockerfile` before others of its folder. */
  readonly dockerfiles: readonly string[];
  /** Folders, or single files at the top. */
  readonly manifests: readonly string[];
  readonly kustomizations: readonly string[];
  readonly charts: readonly string[];
  /** Images that the manifests run and that could be this project's: without a tag, or of no registry known to all. */
  readonly ownImages: readonly string[];
  readonly compose: Compose | undefined;
}

export interface Compose {
  readonly file: string;
  /** The first service that is built. */
  readonly app:
    | {
        readonly dockerfile: string | undefined;
        readonly context: string | undefined;
        readonly target: string | undefined;
        readonly port: number | undefined;
      }
    | undefined;
  /** Names of all others. */
  readonly others: readonly string[];
  /** What is no YAML tells nothing. */
  readonly isYaml: boolean;
}

export function findParts({ files, texts }: Survey): Found {
  const charts = files.filter((file) => /(?:^|\/)Chart\.yaml$/.test(file)).map(folderOf);
  const kustomizations = files
    .filter((file) => /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file))
    .map(folderOf);
  const special = [...charts, ...kustomizations];
  const inSpecial = (file: string) =>
    special.some((folder) => folder === '.' || file.startsWith(`${folder}/`));
  const manifests = [...texts].filter(
    ([path, text]) => /\.ya?ml$/.test(path) && !inSpecial(path) && isManifest(text),
  );
  const used = [...texts].filter(([path, text]) => /\.ya?ml$/.test(path) && isManifest(text));
  return {
    dockerfiles: files
      .filter((file) => /(?:^|\/)(?:Dockerfile(?:\.[\w-]+)?|[\w-]+\.Dockerfile)$/.test(file))
      .toSorted((a, b) => depth(a) - depth(b) || a.length - b.length),
    manifests: topFolders(manifests.map(([path]) => path)),
    kustomizations: topKustomizations(kustomizations, texts),
    charts: charts.toSorted((a, b) => depth(a) - depth(b)),
    ownImages: [...new Set(used.flatMap(([, text]) => ownImages(text)))],
    compose: findCompose(texts),
  };
}

/** Those that no other is made from, what is for development first, then the nearest to the top. */
function topKustomizations(folders: readonly string[], texts: ReadonlyMap<string, string>): string[] {
  const used = new Set<string>();
  for (const folder of folders) {
    const text = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
      .map((name) => texts.get(posix.join(folder, name)))
      .find((one) => one !== undefined);
    for (const [, path = ''] of (text ?? '').matchAll(/(?:^\s*-\s*|[[,]\s*)["']?([\w./-]+)/gm))
      used.add(posix.join(folder, path).replace(/\/$/, ''));
  }
  const isForDev = (folder: string) => /(?:^|\/)(?:dev|development|local)$/.test(folder);
  return folders
    .filter((folder) => !used.has(folder))
    .toSorted((a, b) => Number(isForDev(b)) - Number(isForDev(a)) || depth(a) - depth(b));
}

function isManifest(text: string): boolean {
  const kind = /^kind:\s*["']?(\w+)/m.exec(text)?.[1];
  return (
    /^apiVersion:/m.test(text) && kind !== undefined && !['Kustomization', 'Config', 'Cluster'].includes(kind)
  );
}

/** Each folder of manifests without those below it; files at the top by themselves, for there is more than manifests. */
function topFolders(paths: readonly string[]): string[] {
  const places = [...new Set(paths.map((path) => (path.includes('/') ? folderOf(path) : path)))];
  return places.filter((place) => !places.some((other) => place.startsWith(`${other}/`)));
}

function ownImages(text: string): string[] {
  return [...text.matchAll(/(?:^|[\s{,-])image:\s*["']?([^"'\s#,}\]]+)/gm)].flatMap(([, image = '']) => {
    const reference = parseImageReference(image);
    if (!reference) return [];
    const everybodys = reference.registry === 'docker.io' && reference.path.startsWith('library/');
    return reference.tag === undefined || !everybodys ? [reference.name] : [];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function findCompose(texts: ReadonlyMap<string, string>): Compose | undefined {
  const file = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'].find((name) =>
    texts.has(name),
  );
  if (file === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = load(texts.get(file) ?? '');
  } catch {
    return { file, app: undefined, others: [], isYaml: false };
  }
  const services = isObject(parsed) && isObject(parsed.services) ? Object.entries(parsed.services) : [];
  const [name, service] = services.find(([, one]) => isObject(one) && one.build !== undefined) ?? [];
  const others = services.map(([one]) => one).filter((one) => one !== name);
  if (!isObject(service)) return { file, app: undefined, others, isYaml: true };
  const build = isObject(service.build) ? service.build : { context: service.build };
  const text = (value: unknown) =>
    typeof value === 'string' ? value.replace(/^\.\//, '') || '.' : undefined;
  const context = text(build.context);
  const dockerfile = text(build.dockerfile) ?? 'Dockerfile';
  const inContext = context === undefined || context === '.' ? dockerfile : `${context}/${dockerfile}`;
  const target = typeof build.target === 'string' ? build.target : undefined;
  const port = containerPort(service.ports) ?? containerPort(service.expose);
  return { file, app: { context, dockerfile: inContext, target, port }, others, isYaml: true };
}

/** Of `"8080:80"`, `80`, `127.0.0.1:8080:80/tcp` or `{target: 80}`. */
function containerPort(ports: unknown): number | undefined {
  const [first] = Array.isArray(ports) ? (ports as unknown[]) : [];
  const last = isObject(first) ? first.target : first;
  const port = Number(
    /(\d+)(?:\/\w+)?$/.exec(typeof last === 'string' || typeof last === 'number' ? `${last}` : '')?.[1],
  );
  return port > 0 && port <= 65_535 ? port : undefined;
}

/** `.` for what is at the top. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}

function depth(path: string): number {
  return path.split('/').length;
}
