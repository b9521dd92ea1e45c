import { isDeepStrictEqual } from 'node:util';
import { failureOf, type Diagnostic } from '../../config/diagnostic.js';
import { editText, type Edit } from '../../config/edit/edit.js';
import { Failure } from '../../base/failure.js';
import { NO_PROFILES, resolveConfig } from '../../config/resolve.js';
import { valueAt, type Path } from '../../config/path.js';
import { CONFIG_VERSION } from '../../config/schema.js';
import { openSource } from '../../config/open-source.js';
import { unsupportedFeatures } from '../../config/unsupported.js';
import { writeAtomic } from '../../state/atomic-write.js';
import { findProject, type Project } from '../../state/project.js';
import type { Invocation } from '../command.js';
import { variableAnswers } from '../variables/variable-answers.js';

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
  const { problems } = await judge(invocation, project, project.text);
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
  const { problems, unsupported } = await judge(invocation, project, result);
  if (problems.length > 0) {
    const { code, details, hint, message } = failureOf(await asTheyAre(problems, name, text, result));
    const removes = edits.every(({ type }) => type === 'remove');
    throw new Failure({
      code,
      message: `${name} was not changed, for then it would be wrong: ${message}`,
      subject: name,
      details,
      hint: removes ? 'remove or change first what still needs it' : hint,
    });
  }
  if (result !== text) await writeAtomic(file, result);
  invocation.emit({ type: 'note', level: 'done', text: done });
  const added = edits.filter(({ type }) => type !== 'remove').map(placeOf);
  for (const { code, message, path } of unsupported) {
    if (!added.some((place) => place.every((part, index) => path[index] === part))) continue;
    const hint = 'keep it for a later devspace, or take it out again';
    invocation.emit({ type: 'warning', code, text: `deploying will refuse ${message}`, subject: name, hint });
  }
}

/** With the lines of the file as it is: the other one nobody sees. What only the edit has brought stays where it would be. */
async function asTheyAre(
  problems: readonly Diagnostic[],
  name: string,
  before: string,
  after: string,
): Promise<Diagnostic[]> {
  const [old, changed] = await Promise.all([openSource(name, before), openSource(name, after)]);
  return problems.map((problem) => {
    const { code, path } = problem;
    if (!isDeepStrictEqual(valueAt(old.value, path), valueAt(changed.value, path))) return problem;
    const { frame, span } = old.diagnose(code, path, '');
    return { ...problem, frame, span };
  });
}

/** Where what an edit adds stands afterwards, as far as its path tells. */
function placeOf(edit: Edit): Path {
  return edit.type === 'insert' && edit.at === 'start' ? [...edit.path, 0] : edit.path;
}

/** What is wrong with the config, and what of it is not done yet, whatever its variables are; nobody is asked for one. */
async function judge(
  invocation: Invocation,
  { name, root }: Project,
  text: string,
): Promise<{ problems: readonly Diagnostic[]; unsupported: readonly Diagnostic[] }> {
  const answers = await variableAnswers(invocation, root, { ask: false });
  const result = await resolveConfig({
    file: name,
    text,
    profiles: NO_PROFILES,
    answers,
    sections: [],
    lenient: true,
  });
  return result.ok
    ? { problems: [], unsupported: unsupportedFeatures(result.config, result.source) }
    : { problems: result.diagnostics, unsupported: [] };
}
