import { failureOf } from '../../config/diagnostic.js';
import { readDraft } from '../../config/load.js';
import { itemsAt, valueAt } from '../../config/path.js';
import { openSource } from '../../config/open-source.js';
import { findProject, type Project } from '../../state/project.js';
import type { Invocation } from '../command.js';

export interface KnownProfile {
  readonly name: string;
  readonly description: string;
}

/** The profiles that devspace.yaml has, whether or not the rest of it is right. Failures: as reading it. */
export async function knownProfiles({
  cwd,
  env,
}: Pick<Invocation, 'cwd' | 'env'>): Promise<{ project: Project; profiles: readonly KnownProfile[] }> {
  const project = await findProject(cwd, { env });
  const read = readDraft(await openSource(project.name, project.text));
  if (!read.ok) throw failureOf(read.diagnostics);
  const profiles = itemsAt(read.draft.value, ['profiles']).flatMap(({ value }) => {
    const [name, description] = [valueAt(value, ['name']), valueAt(value, ['description'])];
    return typeof name === 'string'
      ? [{ name, description: typeof description === 'string' ? description : '' }]
      : [];
  });
  return { project, profiles };
}
