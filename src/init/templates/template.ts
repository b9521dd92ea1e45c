import type { Stack } from '../language.js';
import type { Survey } from '../survey.js';

/** A Dockerfile for a project that has none. */
export interface Template {
  readonly dockerfile: string;
  /** Lines for .dockerignore: what the image does not need or makes itself. */
  readonly ignore: readonly string[];
  /** The stage for development, where the last one is for production: it has sources and tools, and starts from them. */
  readonly target: 'dev' | undefined;
  /** Starts again only when told to: after each upload. */
  readonly needsRestart: boolean;
}

/** All run as a user that is not root, and copy what lists dependencies first, so that a change of sources does not install them anew. */
export type MakeTemplate = (found: Survey, stack: Stack) => Template;

export function has(found: Survey, file: string): boolean {
  return found.files.includes(file);
}

/** Of `names`, those that are there, as words. */
export function present({ files }: Survey, ...names: string[]): string {
  return names.filter((name) => files.includes(name)).join(' ');
}
