import * as z from 'zod/mini';
import { configSchema } from './schema.js';

/** The schema for editors, draft-07. Where a text is wanted, numbers and booleans are read as text too. */
export function jsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'string' && !jsonSchema.enum && jsonSchema.const === undefined) {
        // The parts of draft-07 that zod types are a subset: `type` may be a list.
        Object.assign(jsonSchema, { type: ['string', 'number', 'boolean'] });
      }
      delete jsonSchema.propertyNames;
    },
  });
  return { ...schema, title: 'devspace.yaml' };
}
