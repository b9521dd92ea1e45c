import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.js';

type Schema = {
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  items?: Schema;
  type?: unknown;
  description?: string;
};

describe('devspace.schema.json', () => {
  const file: unknown = JSON.parse(
    readFileSync(new URL('../../devspace.schema.json', import.meta.url), 'utf8'),
  );

  it('is up to date (npm run schema)', () => {
    expect(file).toEqual(jsonSchema());
  });

  it('knows keys, descriptions and which notations are read', () => {
    const image = (file as Schema).properties?.['images']?.additionalProperties as Schema;
    expect(image.properties?.['dockerfile']).toEqual({
      description: 'Path of the Dockerfile (default ./Dockerfile)',
      type: ['string', 'number', 'boolean'],
    });
    expect(image.additionalProperties).toBe(false);
  });
});
