import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/schema.js';
import { withOverriddenImages } from '../../../src/dev/images/override-images.js';

type Override = NonNullable<NonNullable<Config['dev']>['overrideImages']>[number];
const web = { image: 'web', dockerfile: 'Dockerfile', entrypoint: ['own'], cmd: ['words'] };

describe('withOverriddenImages', () => {
  it.each<[string, Partial<Override>, object]>([
    ['nothing', {}, {}],
    ['another Dockerfile', { dockerfile: 'Dockerfile.dev' }, { dockerfile: 'Dockerfile.dev' }],
    ['another context', { context: './dev' }, { context: './dev' }],
    ['a program', { entrypoint: ['sh'] }, { entrypoint: ['sh'] }],
    [
      'a program with arguments',
      { entrypoint: ['npm', 'run', 'dev'] },
      { entrypoint: ['npm'], cmd: ['run', 'dev'] },
    ],
    ['both', { entrypoint: ['npm', 'run'], cmd: ['dev'] }, { entrypoint: ['npm', 'run'], cmd: ['dev'] }],
    ['arguments', { cmd: ['dev'] }, { cmd: ['dev'] }],
  ])('%s', (_name, override, expected) => {
    const config: Config = {
      version: 'v1beta3',
      images: { web, db: { image: 'db' } },
      dev: { overrideImages: [{ name: 'web', ...override }] },
    };
    expect(withOverriddenImages(config).images).toEqual({
      web: { ...web, ...expected },
      db: { image: 'db' },
    });
    expect(config.images?.['web']).toBe(web);
  });
});
