import type { Origins } from '../origins.js';
import { formatPath, textsUnder, valueAt, type Path } from '../path.js';
import { guessType, hasVariables } from './text.js';

/** Versions of DevSpace from 5.18 on put the output of a command in the place of a value that is `$(COMMAND)` and nothing else. */
const VERSIONS: ReadonlySet<unknown> = new Set(['v1beta11', 'v2beta1']);

/** `$!(…)`: the output stays a text; `$#(…)`: with the blanks around it. */
const EXPRESSION = /^\$(#?)(!?)\((.+)\)$/s;

/** What a shell is to be given as it is. */
const SCRIPTS: ReadonlySet<unknown> = new Set(['command', 'commands', 'args', 'inlineManifest']);

export function hasExpressions(version: unknown): boolean {
  return VERSIONS.has(version);
}

export function isExpression(text: string): boolean {
  return EXPRESSION.test(text);
}

/**
 * Puts the output of `evaluate` in the place of every expression below `sections`, in place, one after the other: an object or list when it is one in
 * YAML, a whole number or a boolean, or a text; an empty one takes its place away. Where a variable is missing in one it stays. Resolves to the
 * places. Rejects as `evaluate` does.
 */
export async function evaluateExpressions(
  root: object,
  sections: readonly string[],
  origins: Origins,
  evaluate: (place: string, script: string) => Promise<string>,
): Promise<Path[]> {
  const found = sections.flatMap((section) => [...textsUnder(valueAt(root, [section]), [section])]);
  const done: Path[] = [];
  // From the end, so that what goes away does not move the others.
  for (const { path, text } of found.toReversed()) {
    const [, raw, forced, script] = EXPRESSION.exec(text) ?? [];
    if (script === undefined || hasVariables(text) || path.some((part) => SCRIPTS.has(part))) continue;
    const output = await evaluate(formatPath(path), script);
    const trimmed = raw === '' ? output.trim() : output;
    const origin = origins.originOf(root, path);
    put(root, path, forced === '' ? await valueOf(trimmed) : trimmed, origins, origin);
    done.push(origin);
  }
  return done;
}

function put(root: object, path: Path, value: unknown, origins: Origins, origin: Path): void {
  const holder = valueAt(root, path.slice(0, -1));
  const key = path.at(-1) ?? '';
  if (Array.isArray(holder)) {
    origins.splice(holder, Number(key), 1, value === null ? [] : [value], origin);
  } else if (typeof holder === 'object' && holder !== null) {
    if (value === null) delete (holder as Record<string, unknown>)[key];
    else {
      (holder as Record<string, unknown>)[key] = value;
      origins.note(holder, key, origin);
    }
  }
}

async function valueOf(output: string): Promise<unknown> {
  if (output === '' || output === 'null' || output === 'undefined') return null;
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(output);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Not YAML: a text.
  }
  return guessType(output);
}
