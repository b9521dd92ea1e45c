import type { ContextEntry, IgnoreRules } from '../context.js';

/** Everything a builder needs to know of one image. Paths are absolute. */
export interface BuildJob {
  /** Name in devspace.yaml. */
  readonly image: string;
  /** `repository:tag` the result is to have. */
  readonly ref: string;
  readonly dockerfile: string;
  /** The Dockerfile as it is to be built. */
  readonly dockerfileText: string;
  /** That is not the file's own content: an entrypoint was put in. */
  readonly overridden: boolean;
  readonly contextDir: string;
  readonly context: readonly ContextEntry[];
  readonly ignore: IgnoreRules;
  readonly target?: string | undefined;
  readonly network?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
}

/**
 * Builds one image. Resolves when `ref` exists where the builder keeps its images; rejects with a Failure, or with the signal's reason once
 * everything it started has ended. May run several times at once. Every line of the build goes to `onLine`, secrets masked.
 */
export type Builder = (job: BuildJob, onLine: (line: string) => void, signal: AbortSignal) => Promise<void>;
