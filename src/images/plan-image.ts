import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { ImageConfig } from '../config/schema.js';
import { fingerprint, whyBuild, type Fingerprint, type ImageRecord, type Reason } from './changed.js';
import { hashContext } from './context-hash.js';
import { listContext, readIgnoreRules, type ContextEntry, type IgnoreRules } from './context.js';
import { readDockerfile } from './dockerfile.js';
import { openFileHashes, type FileHashes } from './file-hashes.js';

/** What is known of an image before anything is built. */
export interface ImagePlan {
  readonly name: string;
  readonly config: ImageConfig;
  readonly dockerfile: string;
  readonly dockerfileText: string;
  readonly contextDir: string;
  readonly now: Fingerprint;
  /** Undefined: unchanged. */
  readonly reason: Reason | undefined;
  /** Asks for it the first time it is needed; the hash is of the files at that time. */
  readonly context: () => Promise<ContextState>;
}

export interface ContextState {
  readonly ignore: IgnoreRules;
  readonly entries: readonly ContextEntry[];
  readonly hash: string;
}

export interface PlanFacts {
  readonly root: string;
  readonly previous: Partial<ImageRecord> | undefined;
  readonly force: boolean;
  readonly sameCluster: boolean;
  /** Changes in the context are no reason to build: file sync brings them into the container. */
  readonly ignoreContext: boolean;
  readonly hashes: HashStore;
  readonly signal: AbortSignal;
}

/** Decides whether one image has to be built; reads files, changes nothing. Fails with DOCKERFILE_MISSING, CONTEXT_MISSING and the like. */
export async function planImage(name: string, config: ImageConfig, facts: PlanFacts): Promise<ImagePlan> {
  const { root, previous, force, sameCluster, signal } = facts;
  const dockerfile = resolve(root, config.dockerfile ?? 'Dockerfile');
  const contextDir = resolve(root, config.context ?? '.');
  const dockerfileText = readDockerfile(dockerfile, name, root);
  const now = fingerprint(config, dockerfileText);

  const readContext = async (): Promise<ContextState> => {
    const ignore = readIgnoreRules(contextDir, dockerfile);
    const entries = await listContext(contextDir, ignore.rules, signal);
    const hash = await hashContext(contextDir, entries, facts.hashes.of(contextDir), signal);
    return { ignore, entries, hash };
  };
  let read: Promise<ContextState> | undefined;
  const context = async (): Promise<ContextState> => await (read ??= readContext());

  const early = whyBuild({ force, previous, now, sameCluster });
  const late = !early && !facts.ignoreContext && (await context()).hash !== previous?.contextHash;
  const reason = early ?? (late ? 'context changed' : undefined);
  return { name, config, dockerfile, dockerfileText, contextDir, now, reason, context };
}

/** The remembered file hashes of all contexts of a project; images that share a context share them. */
export interface HashStore {
  of(contextDir: string): FileHashes;
  save(): Promise<void>;
}

/** Keeps them below `folder`, one file a context. */
export function openHashStore(folder: string): HashStore {
  const open = new Map<string, FileHashes>();
  return {
    of(contextDir) {
      const known = open.get(contextDir);
      if (known) return known;
      const key = createHash('sha256').update(contextDir).digest('hex').slice(0, 12);
      const hashes = openFileHashes(join(folder, `context-${key}.json`));
      open.set(contextDir, hashes);
      return hashes;
    },
    async save() {
      await Promise.all([...open.values()].map((hashes) => hashes.save()));
    },
  };
}
