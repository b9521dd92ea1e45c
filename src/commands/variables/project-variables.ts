import { definitionsOf, type Definition } from '../../config/vars/definition.js';
import { namesIn } from '../../config/vars/text.js';
import type { Invocation } from '../command.js';
import { resolveProject } from '../project/open-project.js';

export interface ProjectVariables {
  readonly root: string;
  /** The profiles in use. */
  readonly profiles: readonly string[];
  readonly definitions: ReadonlyMap<string, Definition>;
  /** All that are defined or used somewhere in devspace.yaml, also in profiles. */
  readonly names: ReadonlySet<string>;
}

/** The variables of the project; none of them is given a value. Failures: those of the config. */
export async function variablesOf(invocation: Invocation): Promise<ProjectVariables> {
  const { project, result } = await resolveProject(invocation, { lenient: true, sections: [] });
  const definitions = new Map(
    definitionsOf(result.draft.value).map(({ definition }) => [definition.name, definition]),
  );
  return {
    root: project.root,
    profiles: result.profiles,
    definitions,
    names: new Set([...definitions.keys(), ...namesIn(project.text)]),
  };
}
