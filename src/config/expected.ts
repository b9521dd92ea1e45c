import type { $ZodChecks, $ZodType, $ZodTypes } from 'zod/v4/core';
import type { Path } from './path.js';

type Def = $ZodTypes['_zod']['def'];

/** What the schema says about `path`; undefined where it leaves things open or knows nothing. */
export function schemaAt(schema: $ZodType, path: Path): $ZodType | undefined {
  let at: $ZodType | undefined = schema;
  for (const part of path) {
    const def: Def | undefined = at && definition(at);
    if (def?.type === 'object') at = typeof part === 'string' ? def.shape[part] : undefined;
    else if (def?.type === 'array') at = def.element;
    else if (def?.type === 'record') at = def.valueType;
    else at = undefined;
  }
  return at;
}

/** The definition behind `optional`. */
export function definition(schema: $ZodType): Def {
  const { def } = (schema as $ZodTypes)._zod;
  return def.type === 'optional' ? definition(def.innerType) : def;
}

/** The keys an object may have, in the schema's order; empty for everything else. */
export function allowedKeys(schema: $ZodType | undefined): string[] {
  const def = schema && definition(schema);
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

/** What is wanted, in plain words: `a number from 1 to 65535`. */
export function wanted(schema: $ZodType): string {
  const def = definition(schema);
  switch (def.type) {
    case 'string':
      return limits(def).low === undefined ? 'a text' : 'a text that is not empty';
    case 'boolean':
      return 'true or false';
    case 'number':
      return wantedNumber(def);
    case 'array':
      return `a list${itemWord(def.element)}`;
    case 'object':
      return `keys (${shortList(Object.keys(def.shape))})`;
    case 'record':
      return 'keys with values';
    case 'enum':
      return oneOf(Object.values(def.entries));
    case 'literal':
      return oneOf(def.values);
    case 'union':
      return def.options.map(wanted).join(' or ');
    default:
      return 'a value';
  }
}

function wantedNumber(def: Def): string {
  const { low, high } = limits(def);
  if (low === undefined) return 'a whole number';
  return high === undefined ? `a whole number, ${low} or more` : `a number from ${low} to ${high}`;
}

/** The limits the schema sets; for texts and lists those of their length. */
function limits({ checks = [] }: Def): { low?: number; high?: number } {
  const found: { low?: number; high?: number } = {};
  for (const check of checks as readonly unknown[] as readonly $ZodChecks[]) {
    const { def } = check._zod;
    if (def.check === 'greater_than') found.low = Number(def.value);
    if (def.check === 'less_than') found.high = Number(def.value);
    if (def.check === 'min_length') found.low = def.minimum;
  }
  return found;
}

function itemWord(element: $ZodType): string {
  const { type } = definition(element);
  if (type === 'string') return ' of texts';
  return type === 'object' || type === 'record' ? ' of entries with keys' : '';
}

function oneOf(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(', ')}`;
}

/** Up to eight of them. */
export function shortList(words: readonly string[]): string {
  return words.length <= 8 ? words.join(', ') : `${words.slice(0, 7).join(', ')}, …`;
}

/** What is there, in plain words: `the text "eighty"`. `secret` values are not repeated. */
export function found(value: unknown, secret = false): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'keys';
  const type = typeof value === 'string' ? 'text' : typeof value;
  if (secret) return `a ${type}`;
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value)}`;
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}
