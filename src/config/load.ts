import type { $ZodType } from 'zod/v4/core';
import { check, tooMuch } from './check.js';
import { derive } from './derived.js';
import { inFileOrder, MOST_FOUND, type Diagnostic } from './diagnostic.js';
import { found } from './expected.js';
import { Origins } from './origins.js';
import { relax } from './relax.js';
import { schemaProblems, type MoreKeys } from './schema-problems.js';
import { configSchema, type Config } from './schema.js';
import type { ConfigSource } from './source.js';
import { validate } from './validate.js';
import { giveTypes, type Filled } from './vars/fill.js';
import { versionProblem } from './versions/names.js';
import { ownKeys, upgrade, upgradeNames } from './versions/upgrade.js';

export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Finds every part of `config` in the file; its paths are those of `config`, whatever the version of the file. */
      readonly source: ConfigSource;
      /** What the config says without effect. */
      readonly warnings: readonly Diagnostic[];
    }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      readonly warnings?: readonly Diagnostic[];
    };

/** A config between its text and its judgement: each step changes `value` in place and tells `origins` what it moved or made. */
export interface Draft {
  readonly value: Record<string, unknown>;
  readonly origins: Origins;
  /** The file. */
  readonly written: ConfigSource;
  /** Finds paths of `value` in it. */
  readonly source: ConfigSource;
  /** What is wrong so far. */
  readonly problems: readonly Diagnostic[];
}

/** The first steps: all that comes before profiles and variables. */
export function readDraft(
  written: ConfigSource,
): { readonly ok: true; readonly draft: Draft } | (LoadResult & { ok: false }) {
  if (written.problems.length > 0) return { ok: false, diagnostics: written.problems };
  if (typeof written.value !== 'object' || written.value === null || Array.isArray(written.value)) {
    return refuse(written, written.value);
  }
  const version = versionProblem(written);
  if (version) return { ok: false, diagnostics: [version] };

  const origins = new Origins();
  const value = origins.copy(written.value, []) as Record<string, unknown>;
  const source = derive(written, value, origins);
  const problems = upgradeNames(source, value, origins);
  return { ok: true, draft: { value, origins, written, source, problems } };
}

/**
 * The last steps: all that comes after profiles and variables. Changes the draft. `filled`: what came from variables. DevSpace applies both to a config of any version as it is
 * written, so the upgrade to v1beta3 comes here.
 */
export function finishDraft(draft: Draft, filled: readonly Filled[] = []): LoadResult {
  const { source, value, origins } = draft;
  const version = String(value['version']);
  const { warnings, problems } = upgrade(source, value, origins);
  giveTypes(value, configSchema, filled, origins);
  return judge(source, value, {
    warnings,
    problems: [...draft.problems, ...problems],
    moreKeys: (path) => ownKeys(version, origins.originOf(value, path)),
  });
}

interface Before {
  readonly warnings: readonly Diagnostic[];
  readonly problems: readonly Diagnostic[];
  readonly moreKeys: MoreKeys;
}

/** Whether `value`, after all steps, is a config. */
function judge(source: ConfigSource, value: object, before: Before): LoadResult {
  const schema: $ZodType = configSchema;
  let result = check(configSchema, value);
  // Several rounds: a section that an earlier problem hid may have notations of its own.
  for (let round = 0; round < 4 && result?.error; round++) {
    if (!relax(source, schema, value, result.error.issues)) break;
    result = check(configSchema, value);
  }
  if (!result) return { ok: false, diagnostics: [tooMuch(source)] };
  const { problems, warnings, moreKeys } = before;
  const issues = result.success ? [] : result.error.issues;
  const diagnostics = [
    ...problems,
    ...firstOf(validate(source, value)),
    ...firstOf(schemaProblems(source, schema, value, issues, moreKeys)),
  ];
  if (diagnostics.length > 0 || !result.success)
    return {
      ok: false,
      diagnostics: inFileOrder(diagnostics).slice(0, MOST_FOUND),
      warnings: inFileOrder(warnings),
    };
  return { ok: true, config: result.data, source, warnings: inFileOrder(warnings) };
}

function* firstOf(diagnostics: Iterable<Diagnostic>): Generator<Diagnostic> {
  let left = MOST_FOUND;
  for (const diagnostic of diagnostics) {
    yield diagnostic;
    if (--left === 0) return;
  }
}

function refuse(source: ConfigSource, value: unknown): LoadResult & { ok: false } {
  const empty = value === null || value === undefined;
  const message = empty ? 'the file is empty' : `expected keys (version, images, …), found ${found(value)}`;
  const hint = 'start with the line: version: v1beta3';
  return { ok: false, diagnostics: [source.diagnose('CONFIG_INVALID', [], message, { hint })] };
}
