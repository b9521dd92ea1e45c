import { Failure } from '../../base/failure.js';
import type { Config } from '../../config/schema.js';
import { failureOf, warningOf } from '../../config/diagnostic.js';
import { resolveConfig, type ResolveResult } from '../../config/resolve.js';
import { unsupportedFeatures, type Section } from '../../config/unsupported.js';
import { missingFailure } from '../../config/vars/missing.js';
import { openState } from '../../state/cache.js';
import { findProject, type Project } from '../../state/project.js';
import type { Invocation } from '../command.js';
import { variableAnswers } from '../variables/variable-answers.js';
import { profileFlags, profileKey, varFlags } from '../variables/variable-flags.js';

export interface OpenProject {
  /** Folder of devspace.yaml; every relative path of the config starts here. */
  readonly root: string;
  readonly config: Config;
  /** Under which name {@link openState} keeps what belongs to the profiles in use. */
  readonly profile: string;
}

export const ALL_SECTIONS: readonly Section[] = ['images', 'deployments', 'dev', 'dependencies', 'hooks'];

/**
 * Finds and loads the project: with the profiles that flags, `devspace use profile` and the environment choose, and with variables filled in. `sections`
 * are those the command acts on (default: all), `command` the one of `commands` that it needs (default: all of them); only their variables are asked for, and
 * others keep their texts. Throws CONFIG_NOT_FOUND, the failures of
 * a wrong or unsupported config, VARIABLE_MISSING, and those of {@link variableAnswers}.
 */
export async function openProject(
  invocation: Invocation,
  sections: readonly (Section | 'commands')[] = ALL_SECTIONS,
  command?: string,
): Promise<OpenProject> {
  const { emit, flags } = invocation;
  const { project, result } = await resolveProject(invocation, { sections, command });
  const { config, profiles, source, variables, warnings } = result;
  for (const warning of warnings) emit(warningOf(warning));
  const acting = ALL_SECTIONS.filter((section) => sections.includes(section));
  const unsupported = unsupportedFeatures(config, source, { sections: acting });
  if (unsupported.length > 0) throw failureOf(unsupported);
  const mentioned = new Set([...project.text.matchAll(/[a-zA-Z0-9\-_.]+/g)].map(([word]) => word));
  for (const name of varFlags(flags['var']).keys()) {
    // Sections that this command leaves alone may use it.
    if (variables.known.has(name) || mentioned.has(name)) continue;
    emit({
      type: 'warning',
      code: 'VARIABLE_UNUSED',
      text: `--var ${name}: there is no variable of this name in ${project.name}`,
    });
  }
  return { root: project.root, config, profile: profileKey(profiles) };
}

type Resolved = ResolveResult & { ok: true };

/** The same without judging what is supported, for commands that show the config. `lenient`: ask nothing, and leave what has no value. */
export async function resolveProject(
  invocation: Invocation,
  {
    command,
    lenient = false,
    sections,
  }: { command?: string | undefined; lenient?: boolean; sections: readonly string[] },
): Promise<{ project: Project; result: Resolved; active: string | undefined }> {
  const { cwd, emit, env, flags } = invocation;
  const project = await findProject(cwd, { env });
  if (project.root !== cwd) emit({ type: 'note', level: 'info', text: `Using ${project.file}` });
  const { activeProfile: active } = await openState(project.root);
  const result = await resolveConfig({
    file: project.name,
    text: project.text,
    profiles: profileFlags(flags, active),
    answers: await variableAnswers(invocation, project.root, { ask: !lenient }),
    sections,
    command,
    lenient,
  });
  if (result.ok) return { project, result, active };
  if ('missing' in result)
    throw missingFailure(
      project.name,
      result.missing,
      (name) => result.variables.definition(name),
      result.profiles,
    );
  throw withWayOut(failureOf(result.diagnostics), flags, active);
}

/** A profile that was chosen long ago may be gone. */
function withWayOut(failure: Failure, flags: Invocation['flags'], active: string | undefined): Failure {
  const chosen = profileFlags(flags, undefined).names.length === 0 ? active : undefined;
  if (chosen === undefined || !failure.message.includes(`there is no profile ${JSON.stringify(chosen)}`))
    return failure;
  const { code, details, message, subject } = failure;
  return new Failure({
    code,
    details,
    message,
    subject,
    hint: `devspace use profile chose it; forget it: devspace use profile --reset`,
  });
}
