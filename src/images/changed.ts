import { createHash } from 'node:crypto';
import type { ImageConfig } from '../config/schema.js';

/** What the last successful build of an image was made from. */
export interface ImageRecord {
  readonly imageConfigHash: string;
  readonly dockerfileHash: string;
  readonly contextHash: string;
  readonly entrypointHash: string;
  /** Repository without tag. */
  readonly imageName: string;
  readonly tag: string;
}

/** The same of the project as it is now, without the context: that one is costly, so it is asked for only when it decides. */
export type Fingerprint = Pick<ImageRecord, 'imageConfigHash' | 'dockerfileHash' | 'entrypointHash'>;

export interface ChangeFacts {
  readonly force: boolean;
  readonly previous: Partial<ImageRecord> | undefined;
  readonly now: Fingerprint;
  /** False when the last run was for another cluster that kept its images to itself. */
  readonly sameCluster: boolean;
}

export type Reason =
  | 'forced'
  | 'never built'
  | 'image settings changed'
  | 'Dockerfile changed'
  | 'entrypoint changed'
  | 'context changed'
  | 'built for another cluster'
  | 'the image is gone';

/** Why the image has to be built, as far as that can be said without looking at the context; undefined: only the context can tell. */
export function whyBuild({ force, previous, now, sameCluster }: ChangeFacts): Reason | undefined {
  if (force) return 'forced';
  if (!previous?.tag) return 'never built';
  if (previous.dockerfileHash !== now.dockerfileHash) return 'Dockerfile changed';
  // Before the settings, which they are a part of: the more telling reason first.
  if (previous.entrypointHash !== now.entrypointHash) return 'entrypoint changed';
  if (previous.imageConfigHash !== now.imageConfigHash) return 'image settings changed';
  return sameCluster ? undefined : 'built for another cluster';
}

/** Hashes content, not times: a touched Dockerfile is no reason to build. */
export function fingerprint(config: ImageConfig, dockerfile: string): Fingerprint {
  return {
    imageConfigHash: sha256(canonical(config)),
    dockerfileHash: sha256(dockerfile),
    entrypointHash: sha256(canonical([config.entrypoint ?? null, config.cmd ?? null])),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

// Keys in order: moving a line in devspace.yaml changes nothing.
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
