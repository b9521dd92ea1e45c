import { jsonSchema, type JsonSchema } from './json-schema.js';

/** docs/reference/config.md: every key of devspace.yaml, from the schema. */
export function referenceText(): string {
  const schema = jsonSchema();
  const sections = Object.entries(schema.properties ?? {});
  const parts = [
    '# devspace.yaml',
    'Generated from the schema by `npm run schema`. `NAME` is a name of your choice, `[]` stands for each entry of a list. Keys in bold have to be there. Editors complete and check the file with `devspace.schema.json` of this package.',
    ...sections.flatMap(([name, section]) => {
      const rows = rowsOf(name, section, schema.required?.includes(name) ?? false, new Map());
      return [`## ${name}`, table(rows)];
    }),
  ];
  return `${parts.join('\n\n')}\n`;
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly value: string;
  readonly meaning: string;
}

/** `seen`: objects that were described already, by what they look like. */
function rowsOf(path: string, schema: JsonSchema, isRequired: boolean, seen: Map<string, string>): Row[] {
  const { items, properties, additionalProperties } = schema;
  const key = `\`${path}\``;
  const row: Row = {
    key: isRequired ? `**${key}**` : key,
    type: typeOf(schema),
    value: schema.default === undefined ? '' : `\`${textOf(schema.default)}\``,
    meaning: meaningOf(schema),
  };
  if (items?.properties) return [row, ...propertiesOf(`${path}[]`, items, seen)];
  if (properties) return [row, ...propertiesOf(path, schema, seen)];
  if (typeof additionalProperties === 'object' && additionalProperties.properties)
    return [row, ...propertiesOf(`${path}.NAME`, additionalProperties, seen)];
  return [row];
}

function propertiesOf(path: string, schema: JsonSchema, seen: Map<string, string>): Row[] {
  const look = JSON.stringify(schema.properties);
  const same = seen.get(look);
  // Short ones are easier read twice.
  if (same !== undefined && Object.keys(schema.properties ?? {}).length > 4)
    return [{ key: `\`${path}.…\``, type: '', value: '', meaning: `the same keys as \`${same}\`` }];
  seen.set(look, path);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    rowsOf(`${path}.${name}`, property, schema.required?.includes(name) ?? false, seen),
  );
}

function typeOf({ type, items, additionalProperties, anyOf, const: only, enum: values }: JsonSchema): string {
  if (only !== undefined) return `\`${textOf(only)}\``;
  if (values) return values.map((value) => `\`${textOf(value)}\``).join(', ');
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ');
  // Several types: what is written in other words for it comes behind.
  if (Array.isArray(type) && type[0] === 'string') return 'text';
  if (type === 'array') return items ? `list of ${plural(typeOf(items))}` : 'list';
  if (type === 'object') {
    if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0)
      return `names with ${plural(typeOf(additionalProperties))}`;
    return 'keys';
  }
  const first = Array.isArray(type) ? type[0] : type;
  if (first === 'integer') return 'number';
  return first === 'boolean' ? 'true or false' : 'anything';
}

function plural(type: string): string {
  return type === 'text' || type === 'number' ? `${type}s` : type === 'anything' ? 'values' : type;
}

function meaningOf({ description = '', examples = [] }: JsonSchema): string {
  const shown = examples.map((example) => `\`${JSON.stringify(example)}\``).join(', ');
  const text = description.replace(/ \(default ([^\s:;)]+)\)$/, '');
  return shown === '' ? text : `${text}; for example ${shown}`;
}

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(['key', 'type', 'default', 'meaning']),
    '| --- | --- | --- | --- |',
    ...rows.map(({ key, meaning, type, value }) => line([key, type, value, meaning])),
  ].join('\n');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
