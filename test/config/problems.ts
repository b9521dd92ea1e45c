import { failureOf } from '../../src/config/diagnostic.js';
import { loadConfig } from './load-config.js';
import type { Config } from '../../src/config/schema.js';
import type { ConfigSource } from '../../src/config/source.js';

/** What a user sees of a config that cannot be used: code, message, details, hint. */
export function shown(text: string, file = 'devspace.yaml'): string {
  const result = loadConfig({ file, text });
  if (result.ok) return 'no problems';
  const failure = failureOf(result.diagnostics);
  const lines = [`${failure.code} ${failure.message}`, ...failure.details];
  if (failure.hint !== undefined) lines.push(`hint: ${failure.hint}`);
  return `${lines.join('\n')}\n`;
}

/** The messages alone, without file and frame. */
export function messages(text: string): string[] {
  const result = loadConfig({ file: 'devspace.yaml', text });
  return result.ok ? [] : result.diagnostics.map(({ message }) => message);
}

export function load(text: string): { config: Config; source: ConfigSource } {
  const result = loadConfig({ file: 'devspace.yaml', text });
  if (!result.ok) throw failureOf(result.diagnostics);
  return result;
}

/** The messages of warnings alone; the config has to load. */
export function warnings(text: string): string[] {
  const result = loadConfig({ file: 'devspace.yaml', text });
  if (!result.ok) throw failureOf(result.diagnostics);
  return result.warnings.map(({ message }) => message);
}
