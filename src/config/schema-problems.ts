import * as z from 'zod/mini';
import type { $ZodIssue, $ZodType } from 'zod/v4/core';
import type { Diagnostic } from './diagnostic.js';
import { allowedKeys, definition, found, schemaAt, shortList, wanted } from './expected.js';
import { formatPath, valueAt, type Path } from './path.js';
import type { ConfigSource } from './source.js';
import { nearest } from './suggest.js';

/** Keys that may be written in the object at a path though the schema does not have them: those of an older or newer version. */
export type MoreKeys = (path: Path) => readonly string[];

/** What the schema has against `value`, in the user's words and with positions. */
export function* schemaProblems(
  source: ConfigSource,
  schema: $ZodType,
  value: unknown,
  issues: readonly $ZodIssue[],
  moreKeys: MoreKeys = () => [],
): Generator<Diagnostic> {
  const meant = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const parent = issue.path as Path;
    for (const key of issue.keys) {
      const allowed = [...new Set([...allowedKeys(schemaAt(schema, parent)), ...moreKeys(parent)])];
      const suggestion = suggest(allowed, value, [...parent, key]);
      if (suggestion !== undefined) meant.add(formatPath([...parent, suggestion]));
      if (suggestion === undefined) yield strangeKey(source, schema, allowed, [...parent, key]);
      else yield unknownKey(source, [...parent, key], suggestion);
    }
  }
  for (const issue of issues) {
    const path = issue.path as Path;
    // A required key that is misspelt is one problem, not two.
    if (issue.code === 'unrecognized_keys' || meant.has(formatPath(path))) continue;
    yield wrongValue(source, schema, value, path, issue);
  }
}

/** The key that was meant; one that is there already only when nothing else is near. */
function suggest(allowed: readonly string[], value: unknown, path: Path): string | undefined {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const free = allowed.filter((name) => valueAt(value, [...parent, name]) === undefined);
  return nearest(key, free) ?? nearest(key, allowed);
}

/** A key that nobody knows, though `suggestion` is probably meant. */
export function unknownKey(source: ConfigSource, path: Path, suggestion: string): Diagnostic {
  return source.diagnose('CONFIG_INVALID', path, `unknown key, did you mean "${suggestion}"?`, {
    part: 'key',
  });
}

function strangeKey(
  source: ConfigSource,
  schema: $ZodType,
  allowed: readonly string[],
  path: Path,
): Diagnostic {
  const where = path.length === 1 ? 'at the top' : 'here';
  const hint = belongsElsewhere(schema, path) ?? `keys allowed ${where}: ${shortList(allowed)}`;
  return source.diagnose('CONFIG_INVALID', path, 'unknown key', { part: 'key', hint });
}

/** The keys that `schema` does not know, each with the one that was meant, where that is not there: what is below it can be judged as if it were. */
export function misspeltKeys(
  schema: $ZodType,
  value: unknown,
  issues: readonly $ZodIssue[],
): { holder: Path; key: string; meant: string }[] {
  const found = new Map<string, { holder: Path; key: string; meant: string }>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = issue.path as Path;
    const allowed = allowedKeys(schemaAt(schema, holder));
    for (const key of issue.keys) {
      const meant = suggest(allowed, value, [...holder, key]);
      if (meant === undefined || valueAt(value, [...holder, meant]) !== undefined) continue;
      const place = formatPath([...holder, meant]);
      // Of two that mean the same the second is one too many.
      if (!found.has(place)) found.set(place, { holder, key, meant });
    }
  }
  return [...found.values()];
}

function wrongValue(
  source: ConfigSource,
  schema: $ZodType,
  value: unknown,
  path: Path,
  issue: $ZodIssue,
): Diagnostic {
  const at = schemaAt(schema, path);
  const is = valueAt(value, path);
  const last = path.at(-1);
  if (is === undefined && typeof last === 'string') {
    const about = describe(at);
    return source.diagnose('CONFIG_INVALID', path, `missing${about && `: ${about}`}`, { part: 'key' });
  }
  if (issue.code === 'too_small' && issue.origin === 'array') {
    return source.diagnose('CONFIG_INVALID', path, 'needs at least one entry', { part: 'key' });
  }
  const secret = /password|token/i.test(path.join('.'));
  const message = at ? `expected ${wanted(at)}, found ${found(is, secret)}` : issue.message;
  return source.diagnose('CONFIG_INVALID', path, message, {
    hint: at && typeHint(at, is, { secret, key: last }),
  });
}

function typeHint(
  schema: $ZodType,
  value: unknown,
  { key, secret }: { key: string | number | undefined; secret: boolean },
): string | undefined {
  const def = definition(schema);
  if (secret) return undefined;
  const ports = typeof value === 'string' && key === 'port' ? /^(\d+):(\d+)$/.exec(value) : undefined;
  if (ports) return `write \`port: ${ports[1]}\` and \`remotePort: ${ports[2]}\``;
  if (def.type === 'object' && typeof value === 'string') return keyHint(schema, value);
  if (def.type === 'array' && typeof value === 'string' && definition(def.element).type === 'object')
    return keyHint(def.element, value)?.replace('`', '`- ');
  if (def.type === 'number' && typeof value === 'string' && /^\d+$/.test(value))
    return `write it without quotes: ${value}`;
  if (def.type === 'boolean' && (value === 'true' || value === 'false'))
    return `write it without quotes: ${value}`;
  // A union is one of texts and numbers.
  if (
    def.type === 'array' &&
    ['string', 'union'].includes(definition(def.element).type) &&
    typeof value === 'string'
  ) {
    // Words without quoting of their own can be told apart; anything else is left as one.
    const words = /^[\w./:=@ -]+$/.test(value) ? value.trim().split(/ +/) : [value];
    return `write it as a list: [${words.map((word) => JSON.stringify(word)).join(', ')}]`;
  }
  if (def.type === 'array' && typeof value === 'object' && value !== null)
    return 'start each entry with `- `';
  if (def.type === 'record' && Array.isArray(value))
    return 'write `name:` in front of each entry instead of `- `';
  if (def.type === 'enum' && typeof value === 'string') {
    const meant = nearest(value, Object.keys(def.entries));
    return meant === undefined ? undefined : `did you mean "${meant}"?`;
  }
  return undefined;
}

function describe(schema: $ZodType | undefined): string {
  const text = (schema && z.globalRegistry.get(schema)?.description) ?? '';
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** How a text would be written that stands where keys are wanted: below the first key that has to be there, or with a space behind its colon. */
function keyHint(schema: $ZodType, value: string): string | undefined {
  const def = definition(schema);
  if (def.type !== 'object' || /[\n`]/.test(value) || value.length > 100) return undefined;
  const [, written = '', rest = ''] = /^(\w+):(\S.*)$/.exec(value) ?? [];
  if (Object.hasOwn(def.shape, written))
    return `a space is missing behind the colon: \`${written}: ${rest}\``;
  const needed = Object.entries(def.shape).find(([, { _zod }]) => _zod.def.type === 'string');
  return needed && `write \`${needed[0]}: ${value}\` in a line below, indented further`;
}

/** Where else a key can stand: below the object it is in, or else anywhere in the config, in one or two places. */
function belongsElsewhere(schema: $ZodType, path: Path): string | undefined {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const here = schemaAt(schema, parent);
  const below = here ? holdersOf(here, key) : [];
  const start = generalized(parent);
  const found = below.length > 0 ? below.map((at) => start.concat(at)) : holdersOf(schema, key);
  const depth = Math.min(...found.map((at) => at.length));
  const shallow = found.filter((at) => at.length === depth);
  const places = [...new Set(shallow.map((at) => at.join('.').replaceAll('.[]', '[]')))];
  return places.length > 0 && places.length < 3 ? `${key} belongs into ${places.join(' or ')}` : undefined;
}

function generalized(path: Path): string[] {
  return path.map((part) => (typeof part === 'number' ? '[]' : part));
}

/** The paths of all objects below `schema`, itself not counted, that have `key`. */
function holdersOf(schema: $ZodType, key: string, path: readonly string[] = []): (readonly string[])[] {
  const def = definition(schema);
  if (def.type === 'array') return holdersOf(def.element, key, [...path, '[]']);
  if (def.type === 'record') return holdersOf(def.valueType, key, [...path, '*']);
  if (def.type !== 'object') return [];
  const own = path.length > 0 && Object.hasOwn(def.shape, key) ? [path] : [];
  const below = Object.entries(def.shape).flatMap(([name, shape]) => holdersOf(shape, key, [...path, name]));
  return [...own, ...below];
}
