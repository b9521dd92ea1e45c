import type { Config } from '../../config/schema.js';
import { inStage } from '../../dev/run/stage.js';
import { buildImages } from '../../images/build-all.js';
import type { BuiltImage } from '../../images/request.js';
import type { Emit } from '../../report/events.js';
import type { State } from '../../state/cache.js';
import type { Invocation } from '../command.js';
import { helperDir } from '../helper-dir.js';

export interface BuildStageOptions {
  root: string;
  config: Config;
  state: State;
  /** Name of the kube context; undefined for `devspace build`, which needs no cluster. */
  context?: string | undefined;
  /** In `dev`, what file sync brings is no reason to build. */
  dev: boolean;
}

/** The images stage: builds and delivers what changed, and remembers it. Resolves to all images that have a tag. */
export async function runBuildStage(
  invocation: Invocation,
  options: BuildStageOptions,
): Promise<Map<string, BuiltImage>> {
  const { emit, env, flags, signal } = invocation;
  const { config, context, dev, root, state } = options;
  const images = config.images ?? {};
  if (Object.keys(images).length === 0) return new Map();
  return inStage(emit, 'images', () =>
    buildImages({
      images,
      options: {
        forceBuild: flags.forceBuild === true,
        skipBuild: flags.skipBuild === true || flags.skipPipeline === true,
        sequential: flags.buildSequential === true,
        skipPush: flags.skipPush === true,
        synced: dev ? syncedImages(config) : new Set(),
      },
      cache: {
        get: (name) => state.images[name],
        set: async (name, record) => {
          state.setImage(name, record);
          await state.save();
        },
      },
      context,
      lastContext: state.lastContext?.context,
      root,
      helperDir: helperDir(),
      env,
      emit,
      signal,
    }),
  );
}

function syncedImages(config: Config): Set<string> {
  return new Set((config.dev?.sync ?? []).flatMap(({ imageName }) => imageName ?? []));
}

/** Tells what became unreadable in the state file, once. */
export function warnAboutState(state: State, emit: Emit): void {
  if (state.warning) emit({ type: 'warning', code: 'STATE_UNREADABLE', text: state.warning });
}
