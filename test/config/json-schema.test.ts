import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { format } from 'prettier';
import { jsonSchema } from '../../src/config/json-schema.js';
import { referenceText } from '../../src/config/reference.js';

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

  it('has its page of reference up to date (npm run schema)', { timeout: 60_000 }, async () => {
    const page = readFileSync(new URL('../../docs/reference/config.md', import.meta.url), 'utf8');
    expect(page).toBe(await format(referenceText(), { parser: 'markdown' }));
  });

  it('knows keys, descriptions and which notations are read', () => {
    const image = (file as Schema).properties?.['images']?.additionalProperties as Schema;
    expect(image.properties?.['dockerfile']).toEqual({
      description: 'Path of the Dockerfile (default ./Dockerfile)',
      default: './Dockerfile',
      type: ['string', 'number', 'boolean'],
    });
    expect(image.additionalProperties).toBe(false);
  });
});
