import type { Config } from '../config/schema.js';
import { failureOf, warningOf } from '../config/diagnostic.js';
import { loadConfig } from '../config/load.js';
import { unsupportedFeatures, type Section } from '../config/unsupported.js';
import { findProject } from '../state/project.js';
import type { Invocation } from './command.js';

export interface OpenProject {
  /** Folder of devspace.yaml; every relative path of the config starts here. */
  readonly root: string;
  readonly config: Config;
}

/**
 * Finds and loads the project. `sections` are those the command acts on (default: all). Throws CONFIG_NOT_FOUND and the failures of a wrong or
 * unsupported config.
 */
export async function openProject(
  { cwd, env, emit }: Invocation,
  sections?: readonly Section[],
): Promise<OpenProject> {
  const project = await findProject(cwd, { env });
  if (project.root !== cwd) emit({ type: 'note', level: 'info', text: `Using ${project.file}` });
  const loaded = loadConfig({ file: project.name, text: project.text });
  if (!loaded.ok) throw failureOf(loaded.diagnostics);
  for (const warning of loaded.warnings) emit(warningOf(warning));
  const unsupported = unsupportedFeatures(loaded.config, loaded.source, sections ? { sections } : {});
  if (unsupported.length > 0) throw failureOf(unsupported);
  return { root: project.root, config: loaded.config };
}
