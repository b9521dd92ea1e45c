import type { JsonSchema } from '../../src/config/json-schema.js';

/** A place in the schema: `images.*.tag`, `dev.sync[].excludePaths`. */
export interface Place {
  readonly path: string;
  readonly schema: JsonSchema;
}

export function placesOf(schema: JsonSchema, path = ''): Place[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const { additionalProperties: named, items } = property;
    const below = items
      ? placesOf(items, `${at}[]`)
      : typeof named === 'object'
        ? placesOf(named, `${at}.*`)
        : placesOf(property, at);
    return [[{ path: at, schema: property }], below].flat();
  });
}

/** What a schema cannot say, for the keys at these places. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  'dev.ports[].imageName': 'a',
  'dev.sync[].imageName': 'a',
  'dev.logs.images': ['a'],
  'dev.logs.selectors': [{ imageName: 'a' }],
  'dev.logs.selectors[].imageName': 'a',
  'dev.autoReload.images': ['a'],
  'dev.autoReload.deployments': ['a'],
  'dev.interactive.images': [{ name: 'a' }],
  'dev.interactive.images[].name': 'a',
  'dev.interactive.terminal.imageName': 'a',
  'dev.overrideImages': [{ name: 'a' }],
  'dev.overrideImages[].name': 'a',
  'deployments[].kubectl': { manifests: ['a'] },
  'dev.open': [{ url: 'http://a' }],
  'dev.open[].url': 'http://a',
  'dev.ports': [{ imageName: 'a', forward: [{ port: 1 }] }],
  'dev.sync': [{ imageName: 'a' }],
  'dev.sync[].onUpload.restartContainer': false,
  dependencies: [{ source: { path: 'a' } }],
  'dependencies[].source': { path: 'a' },
  deployments: [{ name: 'a', component: {} }],
  'profiles[].patches': [{ op: 'remove', path: 'a' }],
  'profiles[].patches[].op': 'remove',
  'profiles[].parent': 'b',
  'profiles[].parents': [{ profile: 'b' }],
  'profiles[].parents[].profile': 'b',
  'profiles[].replace': { images: {} },
  'profiles[].merge': { images: {} },
  'profiles[].strategicMerge': { images: {} },
};

/** Neighbours that a key cannot be without, or another one would have to be there. */
const NEIGHBOURS: readonly (readonly [holder: string, neighbours: object, unless: readonly string[]])[] = [
  ['deployments[]', { component: {} }, ['kubectl', 'helm', 'component']],
  ['deployments[].kubectl', { manifests: ['a'] }, ['manifests', 'inlineManifest']],
  ['dependencies[].source', { path: 'a' }, ['git', 'path']],
  ['dev.ports[]', { imageName: 'a' }, ['imageName', 'imageSelector', 'labelSelector']],
  ['dev.ports[]', { forward: [{ port: 1 }] }, ['forward', 'reverseForward']],
  ['dev.sync[]', { imageName: 'a' }, ['imageName', 'imageSelector', 'labelSelector']],
  ['dev.logs.selectors[]', { imageName: 'a' }, ['imageName', 'imageSelector', 'labelSelector']],
  ['dev.sync[].onUpload.execRemote', { command: 'a' }, ['command', 'onFileChange', 'onDirCreate', 'onBatch']],
  ['dev.sync[].onDownload.execLocal', { command: 'a' }, ['command', 'onFileChange', 'onDirCreate']],
  ['profiles[].patches[]', { op: 'remove' }, ['op']],
];

/** The least that the schema takes. */
export function sampleOf(schema: JsonSchema, path: string): unknown {
  if (path in SAMPLES) return structuredClone(SAMPLES[path]);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {}, path);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'boolean') return true;
  if (type === 'integer') return schema.minimum ?? 1;
  if (type === 'array') return [sampleOf(schema.items ?? {}, `${path}[]`)];
  if (type !== 'object') return 'a';
  const { additionalProperties: named } = schema;
  if (typeof named === 'object')
    return { a: Object.keys(named).length > 0 ? sampleOf(named, `${path}.*`) : 'a' };
  return Object.fromEntries(
    (schema.required ?? []).map((key) => [key, sampleOf(schema.properties?.[key] ?? {}, `${path}.${key}`)]),
  );
}

/** A config with `value` at `place`, and all that has to be around it. */
export function configWith(schema: JsonSchema, place: string, value: unknown): Record<string, unknown> {
  const root: Record<string, unknown> = {
    version: 'v1beta3',
    images: { a: { image: 'a' } },
    ...(place.startsWith('deployments') ? {} : { deployments: [{ name: 'a', component: {} }] }),
    ...(place.startsWith('profiles') ? { profiles: [{ name: 'a' }, { name: 'b' }] } : {}),
  };
  const parts = place.split(/\.|(?=\[\])/);
  let at = schema;
  let holder: Record<string, unknown> | unknown[] = root;
  let path = '';
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const key = part === '[]' ? 0 : part === '*' ? 'a' : part;
    path = part === '[]' ? `${path}[]` : path === '' ? part : `${path}.${part}`;
    const { additionalProperties: named } = at;
    at =
      part === '[]'
        ? (at.items ?? {})
        : ((typeof named === 'object' ? named : undefined) ?? at.properties?.[part] ?? {});
    const target = holder as Record<string | number, unknown>;
    if (last) target[key] = value;
    else {
      const next = parts[index + 1] ?? '';
      target[key] ??= at.items ? [] : {};
      holder = target[key] as Record<string, unknown>;
      if (!Array.isArray(holder)) fill(holder, at, path, next);
    }
  }
  return root;
}

function fill(holder: Record<string, unknown>, schema: JsonSchema, path: string, next: string): void {
  for (const key of schema.required ?? []) {
    if (key !== next) holder[key] ??= sampleOf(schema.properties?.[key] ?? {}, `${path}.${key}`);
  }
  for (const [at, neighbours, unless] of NEIGHBOURS) {
    if (at === path && !unless.includes(next)) Object.assign(holder, { ...neighbours, ...holder });
  }
}

const KINDS: readonly { readonly kind: string; readonly value: unknown }[] = [
  { kind: 'a text', value: 'wrong' },
  { kind: 'a whole number', value: 4711 },
  { kind: 'a number', value: 47.11 },
  { kind: 'a flag', value: true },
  { kind: 'a list', value: ['wrong'] },
  { kind: 'keys', value: { wrong: 'wrong' } },
];

/** The kinds of value that do not fit. */
export function wrongFor(schema: JsonSchema): readonly { readonly kind: string; readonly value: unknown }[] {
  const fits = (value: unknown): boolean => {
    if (schema.const !== undefined || schema.enum) return false;
    const kinds = (schema.anyOf ?? [schema]).flatMap(({ type }) => type ?? []);
    if (kinds.length === 0) return true;
    if (Array.isArray(value)) return kinds.includes('array');
    if (typeof value === 'object') return kinds.includes('object');
    // Where a text is wanted, any single value is one. Other texts are variables, or wrong.
    if (kinds.includes('string') && kinds.length > 2) return true;
    if (typeof value === 'number') return kinds.includes('integer') && Number.isInteger(value);
    return typeof value === 'boolean' && kinds.includes('boolean');
  };
  return KINDS.filter(({ value }) => !fits(value));
}
