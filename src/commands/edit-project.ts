import { failureOf, type Diagnostic } from '../config/diagnostic.js';
import { editText, type Edit } from '../config/edit/edit.js';
import { Failure } from '../base/failure.js';
import { NO_PROFILES, resolveConfig } from '../config/resolve.js';
import { valueAt } from '../config/path.js';
import { CONFIG_VERSION } from '../config/schema.js';
import { openSource } from '../config/source.js';
import { writeAtomic } from '../state/atomic-write.js';
import { findProject, type Project } from '../state/project.js';
import type { Invocation } from './command.js';
import { variableAnswers } from './variable-answers.js';

export interface EditableProject extends Project {
  /** The config as it is written: profiles not applied, variables not replaced. */
  readonly value: unknown;
}

/** The project whose devspace.yaml is to be changed. Failures: those of findProject and of a wrong config, CONFIG_VERSION. */
export async function openToEdit(invocation: Invocation): Promise<EditableProject> {
  const { cwd, emit, env } = invocation;
  const project = await findProject(cwd, { env });
  if (project.root !== cwd) emit({ type: 'note', level: 'info', text: `Using ${project.file}` });
  const source = await openSource(project.name, project.text);
  if (source.problems.length > 0) throw failureOf(source.problems);
  const version = valueAt(source.value, ['version']);
  const problems = await problemsOf(invocation, project, project.text);
  if (problems.length > 0) throw failureOf(problems);
  if (version !== CONFIG_VERSION) {
    const problem = source.diagnose(
      'CONFIG_VERSION',
      ['version'],
      `only files of version ${CONFIG_VERSION} are edited`,
      {
        hint: 'devspace update config',
      },
    );
    throw failureOf([problem]);
  }
  return { ...project, value: source.value };
}

/**
 * Makes the changes in devspace.yaml and says so. The file stays as it is when it would not be valid afterwards (CONFIG_INVALID), or cannot be
 * changed without touching other parts (CONFIG_NOT_EDITED).
 */
export async function saveEdits(
  invocation: Invocation,
  project: Project,
  edits: readonly Edit[],
  done: string,
): Promise<void> {
  const { file, name, text } = project;
  const result = editText(name, text, edits);
  const problems = await problemsOf(invocation, project, result);
  if (problems.length > 0) {
    const { code, details, hint, message } = failureOf(problems);
    throw new Failure({
      code,
      message: `${name} was not changed, for then it would be wrong: ${message}`,
      subject: name,
      details,
      hint,
    });
  }
  if (result !== text) await writeAtomic(file, result);
  invocation.emit({ type: 'note', level: 'done', text: done });
}

/** What is wrong with the config, whatever its variables are; nobody is asked for one. */
async function problemsOf(
  invocation: Invocation,
  { name, root }: Project,
  text: string,
): Promise<readonly Diagnostic[]> {
  const answers = await variableAnswers(invocation, root, { ask: false });
  const result = await resolveConfig({
    file: name,
    text,
    profiles: NO_PROFILES,
    answers,
    sections: [],
    lenient: true,
  });
  return result.ok ? [] : result.diagnostics;
}
