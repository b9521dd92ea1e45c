import { Failure } from '../base/failure.js';
import type { Config } from '../config/schema.js';
import { failureOf } from '../config/diagnostic.js';
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
  const unsupported = unsupportedFeatures(loaded.config, loaded.source, sections ? { sections } : {});
  if (unsupported.length > 0) throw failureOf(unsupported);
  return { root: project.root, config: loaded.config };
}

/** A comma-separated list flag: undefined when it was not given. */
export function listFlag(value: unknown): string[] | undefined {
  if (typeof value !== 'string') return undefined;
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A flag that holds a whole number of at least `least`. */
export function numberFlag(name: string, value: unknown, least = 0): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Failure({
    code: 'USAGE',
    message: `${name} wants a whole number from ${least}, got "${String(value)}"`,
    hint: 'devspace --help',
  });
}

/** `a=b,c=d` as labels. */
export function labelFlag(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'string') return undefined;
  const pairs = value.split(',').map((pair) => pair.trim().split('='));
  if (pairs.some((pair) => pair.length !== 2 || pair[0] === '')) {
    throw new Failure({
      code: 'USAGE',
      message: `--label-selector "${value}" is no list of labels`,
      hint: 'write it as --label-selector app=web,tier=api',
    });
  }
  return Object.fromEntries(pairs.map(([key = '', text = '']) => [key, text]));
}
