import { lstatSync, readdirSync, readFileSync, readlinkSync, type BigIntStats } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Failure, messageOf, systemCode } from '../base/failure.js';
import { parseDockerignore, type Dockerignore, type Match } from './dockerignore.js';

/** One file, folder or link of a build context. */
export interface ContextEntry {
  /** Relative to the context, `/` between names. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Where a link points. */
  readonly target?: string;
  readonly stat: BigIntStats;
}

/** The rules for what is left out of a context, and their text as Docker is to see it. */
export interface IgnoreRules {
  readonly text: string;
  readonly rules: Dockerignore;
}

// Ours, and rewritten at every run: in an image it would spoil the build cache. Last, so that nothing brings it back.
const OWN_FILES = '**/.devspace';
const BATCH = 2000;

/** Reads the ignore file of a build: `<Dockerfile>.dockerignore` beside the Dockerfile (BuildKit's rule), else the context's .dockerignore. */
export function readIgnoreRules(contextDir: string, dockerfile: string): IgnoreRules {
  const [file, text] = [`${dockerfile}.dockerignore`, join(contextDir, '.dockerignore')]
    .map((path) => [path, readIfThere(path)] as const)
    .find(([, content]) => content !== undefined) ?? ['.dockerignore', ''];
  const withOurs = `${text}\n${OWN_FILES}\n`;
  return { text: withOurs, rules: parseDockerignore(withOurs, file) };
}

/**
 * Everything that belongs to the build context, in a fixed order. A Dockerfile that is left out is still built from, as with Docker.
 * The walk is synchronous (several times faster than promises for thousands of small folders) and lets others run every few thousand
 * entries. Fails with CONTEXT_MISSING and
 * CONTEXT_UNREADABLE.
 */
export async function listContext(
  contextDir: string,
  ignore: Dockerignore,
  signal?: AbortSignal,
): Promise<ContextEntry[]> {
  const entries: ContextEntry[] = [];
  let sinceBreak = 0;

  const visit = async (folder: string, match: Match, pending: readonly ContextEntry[]): Promise<void> => {
    let above = pending;
    for (const name of readNames(join(contextDir, folder), folder === '')) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const entry = entryAt(contextDir, path);
      if (!entry) continue;
      if (++sinceBreak >= BATCH) {
        sinceBreak = 0;
        await setImmediate();
        signal?.throwIfAborted();
      }
      const own = ignore.match(path, match);
      const kept = !own.excluded;
      if (kept) {
        // A folder that was left out itself is needed as soon as something in it is not.
        entries.push(...above, entry);
        above = [];
      }
      if (entry.kind !== 'folder' || (!kept && !ignore.mayReinclude(path))) continue;
      const before = entries.length;
      await visit(path, own, kept ? [] : [...above, entry]);
      if (entries.length > before) above = [];
    }
  };

  await visit('', ignore.root, []);
  return entries;
}

function readNames(folder: string, isRoot: boolean): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const code = systemCode(error);
    if (!isRoot && code === 'ENOENT') return [];
    if (isRoot && (code === 'ENOENT' || code === 'ENOTDIR')) throw missing(folder);
    throw unreadable(folder, error);
  }
}

/** CONTEXT_UNREADABLE: Docker could not send that file or folder either. */
export function unreadable(path: string, cause: unknown): Failure {
  return new Failure({
    code: 'CONTEXT_UNREADABLE',
    message: `${path} belongs to the build context but cannot be read (${systemCode(cause) ?? messageOf(cause)})`,
    subject: path,
    hint: `Add ${basename(path)} to .dockerignore if the image does not need it`,
    cause,
  });
}

function missing(folder: string): Failure {
  return new Failure({
    code: 'CONTEXT_MISSING',
    message: `The build context ${folder} is no folder`,
    subject: folder,
    hint: 'Correct images.<name>.context in devspace.yaml',
  });
}

function entryAt(contextDir: string, path: string): ContextEntry | undefined {
  try {
    const full = join(contextDir, path);
    const stat = lstatSync(full, { bigint: true });
    if (stat.isFile()) return { path, kind: 'file', stat };
    if (stat.isDirectory()) return { path, kind: 'folder', stat };
    // Sockets and devices never reach an image.
    return stat.isSymbolicLink() ? { path, kind: 'link', target: readlinkSync(full), stat } : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
