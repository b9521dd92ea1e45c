import { openState } from '../../state/cache.js';
import { runBuildStage, warnAboutState } from './build-images.js';
import type { CommandHandler } from '../command.js';
import { openProject } from '../project/open-project.js';

/** `devspace build`: the images stage alone; needs no cluster. */
export const run: CommandHandler = async (invocation) => {
  const { emit } = invocation;
  const { config, profile, root } = await openProject(invocation, ['images']);
  const state = await openState(root, { profile });
  warnAboutState(state, emit);
  const images = await runBuildStage(invocation, { root, config, state, dev: false });
  const built = [...images.values()].filter((image) => image.built);
  const text =
    built.length > 0
      ? `Built ${built.length} ${built.length === 1 ? 'image' : 'images'}`
      : 'No image had to be built. Run with -b to build all the same';
  emit({ type: 'note', level: 'done', text });
  return 0;
};
