import { isFailure } from '../../base/failure.js';
import { textTable } from '../../base/text-table.js';
import { openState } from '../../state/cache.js';
import type { CommandHandler, Invocation } from '../command.js';
import { knownProfiles } from './known-profiles.js';
import { resolveProject } from '../project/open-project.js';
import { printResult, wantsJson } from '../result.js';
import { profileFlags } from './variable-flags.js';

/** `devspace list profiles`: those of devspace.yaml, and which of them a run would use now. */
export const run: CommandHandler = async (invocation) => {
  const { profiles, project } = await knownProfiles(invocation);
  const active = await activeProfiles(invocation, project.root);
  const rows = profiles.map(({ description, name }) => ({
    name,
    active: active.includes(name),
    description,
  }));
  if (rows.length === 0 && !wantsJson(invocation))
    invocation.emit({
      type: 'note',
      level: 'info',
      text: `No profiles in ${project.name}: add some to profiles`,
    });
  const described = rows.some(({ description }) => description !== '');
  const columns = described ? ['Name', 'Active', 'Description'] : ['Name', 'Active'];
  printResult(invocation, { profiles: rows }, () =>
    rows.length === 0
      ? []
      : textTable(
          columns,
          rows.map((row) => [row.name, String(row.active), row.description].slice(0, columns.length)),
        ),
  );
  return 0;
};

/** Those chosen and those that activate themselves; of a config that cannot be used, those chosen. */
async function activeProfiles(invocation: Invocation, root: string): Promise<readonly string[]> {
  try {
    const quiet: Invocation = { ...invocation, emit: () => undefined };
    return (await resolveProject(quiet, { lenient: true, sections: [] })).result.profiles;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return profileFlags(invocation.flags, (await openState(root)).activeProfile).names;
  }
}
