import type { ImageConfig } from '../config/schema.js';
import type { Emit } from '../report/events.js';
import type { ImageRecord } from './changed.js';

export interface BuiltImage {
  readonly repository: string;
  readonly tag: string;
  /** `repository:tag` */
  readonly ref: string;
  /** In this run; false when the last build was still good. */
  readonly built: boolean;
}

/** What earlier builds left, by name of the image. */
export interface ImageCache {
  get(name: string): Partial<ImageRecord> | undefined;
  set(name: string, record: ImageRecord): void | Promise<void>;
}

export interface BuildRequest {
  /** `images` of the config. */
  readonly images: Readonly<Record<string, ImageConfig>>;
  /** Only these. */
  readonly names?: readonly string[] | undefined;
  readonly options: {
    readonly forceBuild?: boolean;
    /** Build nothing; only say what earlier builds left. */
    readonly skipBuild?: boolean;
    readonly sequential?: boolean;
    readonly skipPush?: boolean;
    /** Images whose changed files reach the container by file sync: for these a changed context is no reason to build. */
    readonly synced?: ReadonlySet<string>;
  };
  readonly cache: ImageCache;
  /** Name of the kube context; undefined without a cluster. */
  readonly context?: string | undefined;
  /** Context of the last run. */
  readonly lastContext?: string | undefined;
  /** Folder of devspace.yaml. */
  readonly root: string;
  /** Folder with the helper binaries, one of which goes into images with `injectRestartHelper`. */
  readonly helperDir: string;
  /** Added to this process's environment for docker and the like. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What is left of an earlier build, if there is anything. */
export function earlier(
  config: ImageConfig,
  record: Partial<ImageRecord> | undefined,
): BuiltImage | undefined {
  const cached = record?.imageName === config.image ? record.tag : undefined;
  // An image that is never built here still has a tag when the config gives it one.
  const tag =
    cached || (config.build?.disabled === true && !config.tag?.includes('#') ? config.tag : undefined);
  return tag ? image(config.image, tag, false) : undefined;
}

/** A {@link BuiltImage}. */
export function image(repository: string, tag: string, built: boolean): BuiltImage {
  return { repository, tag, ref: `${repository}:${tag}`, built };
}
