import { isFailure } from '../../base/failure.js';
import { parseImageReference } from '../../base/image-reference.js';
import { findProject } from '../../state/project.js';
import type { ContextState } from '../../state/cache.js';
import type { Invocation } from '../command.js';
import { profileFlags, profileKey } from '../variables/variable-flags.js';

/** What earlier runs left about the project one stands in. */
export interface ProjectMemory {
  /** Repositories of its images. */
  readonly repositories: ReadonlySet<string>;
  /** Where it was deployed to last. */
  readonly lastContext: ContextState | undefined;
}

/** Empty outside a project, and where its state cannot be read: nothing depends on it. The config itself is not judged. */
export async function recallProject({
  cwd,
  env,
  flags = {},
}: Pick<Invocation, 'cwd' | 'env'> & Partial<Pick<Invocation, 'flags'>>): Promise<ProjectMemory> {
  try {
    const { root } = await findProject(cwd, { env });
    // Brings a YAML parser along, which most runs can do without.
    const { openState } = await import('../../state/cache.js');
    const state = await openState(root);
    const { names: profiles } = profileFlags(flags, state.activeProfile);
    const { images, lastContext } =
      profiles.length > 0 ? await openState(root, { profile: profileKey(profiles) }) : state;
    const names = Object.values(images).map(
      ({ imageName = '' }) => parseImageReference(imageName)?.repository,
    );
    return { repositories: new Set(names.filter((name) => name !== undefined)), lastContext };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { repositories: new Set(), lastContext: undefined };
  }
}
