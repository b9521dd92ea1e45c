import { mkdirSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { jsonSchema } from './json-schema.js';
import { referenceText } from './reference.js';

// `npm run schema`
const root = new URL('../../', import.meta.url);
const schema = await format(JSON.stringify(jsonSchema()), { parser: 'json', printWidth: 110 });
writeFileSync(new URL('devspace.schema.json', root), schema);
mkdirSync(new URL('docs/reference/', root), { recursive: true });
writeFileSync(
  new URL('docs/reference/config.md', root),
  await format(referenceText(), { parser: 'markdown' }),
);
