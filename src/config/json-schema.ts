import * as z from 'zod/mini';
import { configSchema } from './schema.js';

/** What is used of draft-07. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  minItems?: number;
}

/** The schema for editors, draft-07. Where a text is wanted, numbers and booleans are read as text too; variables may stand everywhere. */
export function jsonSchema(): JsonSchema & { title: string } {
  const schema = z.toJSONSchema(configSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'string' && !jsonSchema.enum && jsonSchema.const === undefined) {
        // The parts of draft-07 that zod types are a subset: `type` may be a list.
        Object.assign(jsonSchema, { type: ['string', 'number', 'boolean'] });
      }
      if (jsonSchema.type === 'boolean' || jsonSchema.type === 'integer') {
        // A text there is a variable.
        Object.assign(jsonSchema, { type: [jsonSchema.type, 'string'], pattern: String.raw`\$!?\{` });
      }
      delete jsonSchema.propertyNames;
      const value = defaultIn(jsonSchema.description ?? '');
      if (value !== undefined) Object.assign(jsonSchema, { default: value });
    },
  });
  return { ...(schema as JsonSchema), title: 'devspace.yaml' };
}

/** The value in `(default VALUE)` or `(default VALUE: remark)`; `(default: remark)` has none. */
export function defaultIn(description: string): unknown {
  const text = /\(default ([^\s:;)]+)[:;)]/.exec(description)?.[1];
  if (text === undefined) return undefined;
  return /^(?:true|false|\d+)$/.test(text) ? (JSON.parse(text) as unknown) : text;
}
