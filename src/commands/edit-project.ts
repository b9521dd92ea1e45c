import { failureOf } from '../config/diagnostic.js';
import { editText, type Edit } from '../config/edit/edit.js';
import { Failure } from '../base/failure.js';
import { loadConfig } from '../config/load.js';
import { valueAt } from '../config/path.js';
import { CONFIG_VERSION } from '../config/schema.js';
import { readSource } from '../config/source.js';
import { writeAtomic } from '../state/atomic-write.js';
import { findProject, type Project } from '../state/project.js';
import type { Invocation } from './command.js';

export interface EditableProject extends Project {
  /** The config as it is written: profiles not applied, variables not replaced. */
  readonly value: unknown;
}

/** The project whose devspace.yaml is to be changed. Failures: those of findProject and of a wrong config, CONFIG_VERSION. */
export async function openToEdit({ cwd, emit, env }: Invocation): Promise<EditableProject> {
  const project = await findProject(cwd, { env });
  if (project.root !== cwd) emit({ type: 'note', level: 'info', text: `Using ${project.file}` });
  const source = readSource(project.name, project.text);
  if (source.problems.length > 0) throw failureOf(source.problems);
  const version = valueAt(source.value, ['version']);
  const loaded = loadConfig({ file: project.name, text: project.text });
  if (!loaded.ok) throw failureOf(loaded.diagnostics);
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
  { emit }: Pick<Invocation, 'emit'>,
  { file, name, text }: Project,
  edits: readonly Edit[],
  done: string,
): Promise<void> {
  const result = editText(name, text, edits);
  const loaded = loadConfig({ file: name, text: result });
  if (!loaded.ok) {
    const { code, details, hint, message } = failureOf(loaded.diagnostics);
    throw new Failure({
      code,
      message: `${name} was not changed, for then it would be wrong: ${message}`,
      subject: name,
      details,
      hint,
    });
  }
  if (result !== text) await writeAtomic(file, result);
  emit({ type: 'note', level: 'done', text: done });
}
