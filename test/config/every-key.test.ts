import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { JsonSchema } from '../../src/config/json-schema.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { loadConfig } from './load-config.js';
import { valueAt, type Path } from '../../src/config/path.js';
import { keysOfVersion4 } from './keys.js';
import { configWith, placesOf, sampleOf, wrongFor, type Place } from './sample-config.js';

const schema = JSON.parse(
  readFileSync(new URL('../../devspace.schema.json', import.meta.url), 'utf8'),
) as JsonSchema;
const places = placesOf(schema);

/** The schema of the package, as an editor applies it. */
const editor = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

const pathOf = (place: string): Path =>
  place.split(/\.|(?=\[\])/).map((part) => (part === '[]' ? 0 : part === '*' ? 'a' : part));

const kinds: Record<string, (place: JsonSchema) => boolean> = {
  version: ({ const: only }) => only === 'v1beta3',
  choice: ({ enum: values }) => values !== undefined,
  'flag-or-text': ({ anyOf }) => anyOf?.length === 2,
  scalar: ({ anyOf }) => anyOf !== undefined,
  scalars: ({ items }) => items?.anyOf !== undefined,
  text: ({ type, enum: values }) => Array.isArray(type) && type[0] === 'string' && !values,
  flag: ({ type }) => Array.isArray(type) && type[0] === 'boolean',
  number: ({ type }) => Array.isArray(type) && type[0] === 'integer',
  texts: ({ items }) => Array.isArray(items?.type) && items.type[0] === 'string',
  'named-texts': ({ additionalProperties: named }) =>
    typeof named === 'object' && Array.isArray(named.type) && named.type[0] === 'string',
  free: ({ type, additionalProperties: named }) =>
    type === 'object' && typeof named === 'object' && !named.type,
  named: ({ additionalProperties: named }) => typeof named === 'object' && named.properties !== undefined,
  list: ({ items }) => items?.type === 'object',
  keys: ({ properties }) => properties !== undefined,
  any: ({ type }) => type === undefined,
};

describe('every key of DevSpace 4.0.4', () => {
  const known = new Map(places.map((place) => [place.path, place.schema]));

  it('is counted', () => {
    expect(keysOfVersion4.length).toBeGreaterThanOrEqual(217);
  });

  it.each(keysOfVersion4)('$path: $kind $value', ({ path, kind, value }) => {
    const place = known.get(path);
    expect(place).toBeDefined();
    expect(kinds[kind]?.(place ?? {})).toBe(true);
    if (value !== undefined) expect(String(place?.default)).toBe(value);
  });
});

describe.each(places)('$path', (place: Place) => {
  const { path } = place;
  const sample = sampleOf(place.schema, path);

  it('is taken, by us and by editors', () => {
    const config = configWith(schema, path, sample);
    const result = loadConfig({ file: 'devspace.yaml', text: stringify(config) });
    expect(result).toMatchObject({ ok: true });
    if (result.ok) expect(valueAt(result.config, pathOf(path))).toEqual(sample);
    expect(editor.safeParse(config).error?.message).toBeUndefined();
  });

  it('is described', () => {
    expect(place.schema.description).toMatch(/^[^\s].*[^\s.]$/);
  });

  // Where anything may stand, nothing is wrong.
  it.each(wrongFor(place.schema))('refuses $kind, and nothing else', ({ value }) => {
    const config = configWith(schema, path, value);
    const text = stringify(config, { aliasDuplicateObjects: false });
    const result = loadConfig({ file: 'devspace.yaml', text });
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.diagnostics.map(({ path: at }) => at)).toEqual([pathOf(path)]);
    const [{ message, span }] = result.diagnostics as [Diagnostic];
    expect(message).toMatch(/: expected .+, found .+|: unknown version|: needs at least one entry$/);
    // The place is that of the value, or of the key of one that is empty.
    const there = text.split('\n')[span.line - 1]?.slice(span.column - 1) ?? '';
    expect(there).toMatch(/^(?:- )?(?:wrong|4711|47\.11|true|\[\]|""|\{\})/);
    expect(editor.safeParse(config).success).toBe(false);
  });
});
