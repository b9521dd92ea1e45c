import { isDeepStrictEqual } from 'node:util';
import { derive } from '../derived.js';
import { inFileOrder, type Diagnostic } from '../diagnostic.js';
import { readSource } from '../full-source.js';
import { finishDraft, readDraft, type Draft } from '../load.js';
import { itemsAt, textsUnder, valueAt, type Path } from '../path.js';
import { parsePatchPath, PatchPathError } from '../profiles/patch-path.js';
import { CONFIG_VERSION } from '../schema.js';
import { predefinedOf } from '../vars/predefined.js';
import { namesIn } from '../vars/text.js';
import { Edits } from './edits.js';
import { matches, type Pattern } from './pattern.js';
import { rebuildText } from './rebuild.js';
import type { Rule } from './rules.js';
import { rulesFrom, upgrade } from './upgrade.js';

export type Rewritten =
  | {
      readonly ok: true;
      /** The version the file had. */
      readonly from: string;
      readonly text: string;
      /** What the new file no longer says. */
      readonly warnings: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Writes a config of any version as one of v1beta3, with its comments and in its order; variables and profiles stay what they are. What cannot be
 * written so is a diagnostic. The text stays as it is when it is one of v1beta3.
 */
export function rewriteConfig({ file, text }: { file: string; text: string }): Rewritten {
  const read = readDraft(readSource(file, text));
  if (!read.ok) return read;
  const { draft } = read;
  const { value, written, origins, source } = draft;
  const from = String(value['version']);
  const rules = rulesFrom(from);
  const problems = [...draft.problems];
  const warnings: Diagnostic[] = [];

  problems.push(...undecided(draft, rules), ...needingName(draft));
  for (const profile of itemsAt(value, ['profiles'])) {
    const part = rewriteProfile(draft, rules, profile.path);
    problems.push(...part.problems);
    warnings.push(...part.warnings);
  }
  const whole = upgrade(source, value, origins);
  problems.push(...whole.problems);
  warnings.push(...whole.warnings);
  if (problems.length > 0) return { ok: false, diagnostics: inFileOrder(problems) };

  if (isDeepStrictEqual(value, written.value)) return { ok: true, from, text, warnings };
  const result = rebuildText(written.text, written.value, value, origins);
  if (result === undefined) {
    const anchors = 'anchors (&) and aliases (*) are used in a part that changes';
    const hint = 'write out what the aliases stand for, then try again';
    return { ok: false, diagnostics: [written.diagnose('CONFIG_INVALID', [], anchors, { hint })] };
  }
  // What is wrong in the file is told at its own lines; what the rewriting makes wrong is not written.
  const judged = finishDraft(draft);
  const wrong = judged.ok ? [] : judged.diagnostics.filter(({ path }) => !isVariable(written.value, path));
  if (wrong.length > 0) return { ok: false, diagnostics: wrong };
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  return { ok: true, from, text: bom + result, warnings: inFileOrder(warnings) };
}

/** What a variable stands for is not known here. */
function isVariable(written: unknown, path: Path): boolean {
  const value = valueAt(written, path);
  return typeof value === 'string' && /\$+!?[{(]/.test(value);
}

/** Variables where the value decides what the config becomes. */
function* undecided({ value, source }: Draft, rules: readonly Rule[]): Generator<Diagnostic> {
  for (const pattern of rules.flatMap(({ decides = [] }) => decides)) {
    for (const path of matches(value, pattern)) {
      if (!isVariable(value, path)) continue;
      const message = `a variable here cannot be rewritten for ${CONFIG_VERSION}`;
      yield source.diagnose('CONFIG_UNSUPPORTED', path, message, {
        hint: 'write the value itself, or use a profile',
      });
    }
  }
}

/** The name of the project is not written any more, and the folder's may be another. */
function* needingName({ value, source }: Draft): Generator<Diagnostic> {
  const { name } = value;
  if (typeof name !== 'string') return;
  for (const { path, text } of textsUnder(value)) {
    if (!namesIn(text).some((one) => predefinedOf(one) === 'name')) continue;
    const message = `in ${CONFIG_VERSION} this is the name of the folder, not ${JSON.stringify(name)}`;
    yield source.diagnose('CONFIG_UNSUPPORTED', path, message, {
      hint: `write ${name} itself, or a variable of another name`,
    });
  }
}

/** The sections that a profile replaces or merges are rewritten like those of the config. */
function rewriteProfile(draft: Draft, rules: readonly Rule[], path: Path) {
  const problems: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  for (const key of ['replace', 'merge', 'strategicMerge']) {
    const body = valueAt(draft.value, [...path, key]);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) continue;
    const part = derive(draft.written, body, draft.origins);
    problems.push(...undecided({ ...draft, value: body as Record<string, unknown>, source: part }, rules));
    const edits = new Edits(part, body, draft.origins);
    // A default is only set where a whole section is written, and a section that is not there is not begun.
    for (const rule of rules) {
      const sets = rule.sets?.[0]?.split('.')[0];
      if (sets === undefined || (key === 'replace' && sets in body)) rule.apply(edits);
    }
    problems.push(...edits.problems);
    warnings.push(...edits.warnings);
  }
  for (const patch of itemsAt(draft.value, [...path, 'patches'])) {
    const keys = ['path', 'from'].filter((key) => touches(patch.value, key, rules));
    for (const key of keys) {
      const message = `a patch of what is written differently in ${CONFIG_VERSION} cannot be rewritten`;
      const hint =
        'use `replace` or `merge` of the profile, or remove the patch and write it anew afterwards';
      problems.push(draft.source.diagnose('CONFIG_UNSUPPORTED', [...patch.path, key], message, { hint }));
    }
  }
  return { problems, warnings };
}

function touches(patch: unknown, key: string, rules: readonly Rule[]): boolean {
  const text = valueAt(patch, [key]);
  if (typeof text !== 'string') return false;
  let parts: string[];
  try {
    parts = parsePatchPath(text).steps.map((step) => (step.kind === 'key' ? step.key : '*'));
  } catch (error) {
    if (error instanceof PatchPathError) return false;
    throw error;
  }
  const value = valueAt(patch, ['value']);
  return rules.some(({ reads, sets = [] }) => {
    const isRead = reads.some((pattern) => reaches(pattern, parts, value, key === 'from'));
    return isRead || sets.some((pattern) => reaches(pattern.replace(/\.[^.]+$/, ''), parts, value, false));
  });
}

/** Whether a patch at `parts` with `value` changes something that `pattern` describes, or what is below it. */
function reaches(pattern: Pattern, parts: readonly string[], value: unknown, isSource: boolean): boolean {
  const wanted = pattern.split('.');
  const shared = Math.min(wanted.length, parts.length);
  for (let index = 0; index < shared; index++) {
    const [a, b] = [wanted[index], parts[index]];
    if (a !== '*' && b !== '*' && a !== b) return false;
  }
  if (parts.length >= wanted.length || isSource) return true;
  const rest = wanted.slice(parts.length);
  // An entry that is added to a list stands for the list.
  return matches(value, rest.join('.')).length > 0 || (rest[0] === '*' && matchesBelow(value, rest.slice(1)));
}

function matchesBelow(value: unknown, rest: readonly string[]): boolean {
  return value !== undefined && (rest.length === 0 || matches(value, rest.join('.')).length > 0);
}
