import { check, tooMuch } from './check.js';
import { derive } from './derived.js';
import { inFileOrder, MOST_FOUND, type Diagnostic } from './diagnostic.js';
import { found } from './expected.js';
import { Origins } from './origins.js';
import { valueAt, type Path } from './path.js';
import { relax } from './relax.js';
import { misspeltKeys, schemaProblems, unknownKey } from './schema-problems.js';
import { CONFIG_VERSION, configSchema, type Config } from './schema.js';
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
  return judge(draft, filled, { warnings, problems: [...draft.problems, ...problems], version });
}

interface Before {
  readonly warnings: readonly Diagnostic[];
  readonly problems: readonly Diagnostic[];
  /** Of the file. */
  readonly version: string;
}

/** Whether the value of `draft`, after all steps, is a config. */
function judge(draft: Draft, filled: readonly Filled[], { problems, version, warnings }: Before): LoadResult {
  const { origins, written } = draft;
  let { source, value } = draft;
  let result = checked(source, value);
  const misspelt: Diagnostic[] = [];
  // A file of another version may write otherwise what is below the key that was meant.
  const rounds = version === CONFIG_VERSION ? MOST_NESTED : 0;
  for (let round = 0; round < rounds && result?.error; round++) {
    const keys = misspeltKeys(configSchema, value, result.error.issues);
    if (keys.length === 0) break;
    if (round === 0) {
      value = origins.copy(value);
      source = derive(written, value, origins);
    }
    for (const { holder, key, meant } of keys) {
      misspelt.push(unknownKey(source, [...holder, key], meant));
      const object = valueAt(value, holder) as Record<string, unknown>;
      origins.move(object, key, object, meant);
    }
    giveTypes(value, configSchema, filled, origins);
    result = checked(source, value);
  }
  if (!result) return { ok: false, diagnostics: [tooMuch(source)] };
  const issues = result.success ? [] : result.error.issues;
  const moreKeys = (path: Path): readonly string[] => ownKeys(version, origins.originOf(value, path));
  const diagnostics = [
    ...problems,
    ...misspelt,
    ...firstOf(validate(source, value)),
    ...firstOf(schemaProblems(source, configSchema, value, issues, moreKeys)),
  ];
  if (diagnostics.length > 0 || !result.success)
    return {
      ok: false,
      diagnostics: inFileOrder(diagnostics).slice(0, MOST_FOUND),
      warnings: inFileOrder(warnings),
    };
  return { ok: true, config: result.data, source, warnings: inFileOrder(warnings) };
}

/** Misspelt keys below misspelt keys. */
const MOST_NESTED = 8;

/** What the schema says after relaxing the notation in place. Several rounds: a section that an earlier problem hid may have notations of its own. */
function checked(source: ConfigSource, value: object): ReturnType<typeof check<typeof configSchema>> {
  let result = check(configSchema, value);
  for (let round = 0; round < 4 && result?.error; round++) {
    if (!relax(source, configSchema, value, result.error.issues)) break;
    result = check(configSchema, value);
  }
  return result;
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
