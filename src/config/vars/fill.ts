import type { $ZodType } from 'zod/v4/core';
import { definition, schemaAt } from '../expected.js';
import type { Origins } from '../origins.js';
import { formatPath, textsUnder, valueAt, type Path } from '../path.js';
import { VariableProblem } from './resolver.js';
import { fillText, guessType, hasVariables, MOST_CHARACTERS, namesIn, TextTooLong } from './text.js';
import type { FilledText, Value } from './text.js';
import { isRuntime } from './runtime.js';

/** A text that variables were filled into, and where it is written. */
export interface Filled extends FilledText {
  readonly origin: Path;
}

/** What variables do not belong in: definitions have them in their own way, inactive profiles are not used, and the version is none. */
const WITHOUT: ReadonlySet<string> = new Set(['vars', 'profiles', 'version']);

/** The texts of `sections` with something to fill in. */
export function* textsToFill(
  root: Readonly<Record<string, unknown>>,
  isFilled: (section: string) => boolean,
): Generator<{ path: Path; text: string }> {
  for (const section of Object.keys(root)) {
    if (WITHOUT.has(section) || !isFilled(section)) continue;
    yield* textsUnder(root[section], [section], hasVariables);
  }
}

/** The variables that `texts` use, each with its first use. */
export function usesOf(texts: Iterable<{ path: Path; text: string }>): Map<string, Path> {
  const uses = new Map<string, Path>();
  for (const { path, text } of texts)
    for (const name of namesIn(text)) if (!uses.has(name) && !isRuntime(name)) uses.set(name, path);
  return uses;
}

/** All that is filled in may become as long as this: ten times the longest file. */
const MOST_FILLED = 10 * MOST_CHARACTERS;

/** Fills in `texts` of `root`, in place. All stay texts, see {@link giveTypes}. Throws {@link VariableProblem}. */
export function fillTexts(
  root: object,
  texts: readonly { path: Path; text: string }[],
  origins: Origins,
  lookup: (name: string) => Value | undefined,
): Filled[] {
  let length = 0;
  return texts.map(({ path, text }) => {
    const filled = fillAt(path, text, lookup);
    length += filled.text.length;
    if (length > MOST_FILLED)
      throw new VariableProblem(
        `up to here variables make the config longer than ${MOST_FILLED} characters`,
        path,
      );
    const holder = valueAt(root, path.slice(0, -1)) as Record<string | number, unknown>;
    const key = path.at(-1) as string | number;
    const origin = origins.originOf(root, path);
    holder[key] = filled.text;
    return { ...filled, origin };
  });
}

function fillAt(path: Path, text: string, lookup: (name: string) => Value | undefined): FilledText {
  try {
    return fillText(text, lookup);
  } catch (error) {
    if (!(error instanceof TextTooLong)) throw error;
    throw new VariableProblem(`longer than ${MOST_CHARACTERS} characters with its variables filled in`, path);
  }
}

/**
 * Gives the texts that came from variables the type that their place wants, wherever they are by now. Where anything may stand, a value keeps its own
 * type, and that of a text is guessed.
 */
export function giveTypes(root: object, schema: $ZodType, filled: readonly Filled[], origins: Origins): void {
  if (filled.length === 0) return;
  const byOrigin = new Map(filled.map((one) => [formatPath(one.origin), one]));
  const texts = new Set(filled.map(({ text }) => text));
  // Finding an origin takes its time.
  for (const { path, text } of textsUnder(root, [], (one) => texts.has(one))) {
    const one = byOrigin.get(formatPath(origins.originOf(root, path)));
    // The upgrade of an old config may have made something else of it.
    if (!one || one.text !== text || one.names.length === 0) continue;
    const at = schemaAt(schema, path);
    const holder = valueAt(root, path.slice(0, -1)) as Record<string | number, unknown>;
    const key = path.at(-1) as string | number;
    const typed = typeFor(at && definition(at).type, one);
    if (typed !== text) holder[key] = typed;
  }
}

function typeFor(wanted: string | undefined, { forced, text, whole }: FilledText): Value {
  const guessed = guessType(text);
  if (wanted === 'number' || wanted === 'boolean') return typeof guessed === wanted ? guessed : text;
  if (wanted !== undefined && wanted !== 'unknown' && wanted !== 'union') return text;
  if (forced) return text;
  return whole === undefined || typeof whole === 'string' ? guessed : whole;
}
