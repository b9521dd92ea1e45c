import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { jsonSchema } from './json-schema.js';

// `npm run schema`
const text = await format(JSON.stringify(jsonSchema()), { parser: 'json', printWidth: 110 });
writeFileSync(new URL('../../devspace.schema.json', import.meta.url), text);
