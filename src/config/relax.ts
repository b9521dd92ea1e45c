import type { $ZodIssue, $ZodType } from 'zod/v4/core';
import { definition, schemaAt } from './expected.js';
import { valueAt, type Path } from './path.js';
import type { ConfigSource } from './source.js';

/**
 * Takes away what is only a matter of notation, so that files go on working that DevSpace has always read: `key:` with nothing behind it is not
 * set, a number or boolean written where a text is wanted is that text as written (`tag: 1.10`), and unquoted yes/no/on/off are booleans where
 * a boolean is wanted. Changes `value` in place; true when it changed anything, and then it has to be judged again.
 */
export function relax(
  source: ConfigSource,
  schema: $ZodType,
  value: unknown,
  issues: readonly $ZodIssue[],
): boolean {
  let changed = false;
  for (const issue of issues) {
    const path = issue.path as Path;
    const key = path.at(-1);
    const parent = valueAt(value, path.slice(0, -1));
    if (key === undefined || typeof parent !== 'object' || parent === null) continue;
    const holder = parent as Record<string | number, unknown>;
    const at = schemaAt(schema, path);
    const type = at && definition(at).type;
    if (!Object.hasOwn(holder, key) || type === undefined) continue;
    const is = holder[key];
    if (is === null && isObject(schema, path.slice(0, -1))) delete holder[key];
    else {
      const better = otherNotation(type, is, source.plainText(path));
      if (better === undefined) continue;
      holder[key] = better;
    }
    changed = true;
  }
  return changed;
}

function otherNotation(
  type: string,
  value: unknown,
  written: string | undefined,
): string | boolean | undefined {
  if (type === 'string' && value === null) return '';
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return written ?? String(value);
  if (type === 'boolean' && typeof value === 'string' && written !== undefined) {
    if (/^(?:yes|on)$/i.test(written)) return true;
    if (/^(?:no|off)$/i.test(written)) return false;
  }
  return undefined;
}

function isObject(schema: $ZodType, path: Path): boolean {
  const at = schemaAt(schema, path);
  return at !== undefined && definition(at).type === 'object';
}
