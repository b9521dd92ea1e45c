import type { $ZodType } from 'zod/v4/core';
import { inFileOrder, MOST_FOUND, type Diagnostic } from './diagnostic.js';
import { found } from './expected.js';
import { relax } from './relax.js';
import { schemaProblems } from './schema-problems.js';
import { configSchema, type Config } from './schema.js';
import { readSource, type ConfigSource } from './source.js';
import { validate } from './validate.js';
import { versionProblem } from './versions.js';

export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly source: ConfigSource }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Turns the text of a devspace.yaml into a {@link Config}, or into all that is wrong with it, in file order. Pure: reads no files, resolves no
 * variables. `file` is the name shown in messages. `source` knows where every key of the config is written.
 * At most {@link MOST_FOUND} problems. They come in three layers, each hiding the next: the YAML itself, the version, then everything else.
 */
export function loadConfig({ file, text }: { file: string; text: string }): LoadResult {
  const source = readSource(file, text);
  if (source.problems.length > 0) return { ok: false, diagnostics: source.problems };
  const { value } = source;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(source, value);
  const version = versionProblem(source);
  if (version) return { ok: false, diagnostics: [version] };

  const schema: $ZodType = configSchema;
  // jitless: compiling a validator pays off after thousands of objects, a config has dozens.
  let result = configSchema.safeParse(value, { jitless: true });
  const relaxed = result.success ? value : structuredClone(value);
  // Several rounds: a section that an earlier problem hid may have notations of its own.
  for (let round = 0; round < 4 && !result.success; round++) {
    if (!relax(source, schema, relaxed, result.error.issues)) break;
    result = configSchema.safeParse(relaxed, { jitless: true });
  }
  const diagnostics = [
    ...firstOf(validate(source, relaxed)),
    ...firstOf(result.success ? [] : schemaProblems(source, schema, relaxed, result.error.issues)),
  ];
  if (diagnostics.length > 0 || !result.success)
    return { ok: false, diagnostics: inFileOrder(diagnostics).slice(0, MOST_FOUND) };
  return { ok: true, config: result.data, source };
}

function* firstOf(diagnostics: Iterable<Diagnostic>): Generator<Diagnostic> {
  let left = MOST_FOUND;
  for (const diagnostic of diagnostics) {
    yield diagnostic;
    if (--left === 0) return;
  }
}

function refuse(source: ConfigSource, value: unknown): LoadResult {
  const empty = value === null || value === undefined;
  const message = empty ? 'the file is empty' : `expected keys (version, images, …), found ${found(value)}`;
  const hint = 'start with the line: version: v1beta3';
  return { ok: false, diagnostics: [source.diagnose('CONFIG_INVALID', [], message, { hint })] };
}
