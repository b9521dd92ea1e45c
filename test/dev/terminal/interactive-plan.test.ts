import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/schema.js';
import { imagesToChoose, planInteractive } from '../../../src/dev/terminal/interactive-plan.js';

type Interactive = NonNullable<NonNullable<Config['dev']>['interactive']>;
const config = (
  interactive?: Interactive,
  images: Config['images'] = { web: { image: 'repo/web' } },
): Config => ({
  version: 'v1beta3',
  images,
  dev: interactive ? { interactive } : {},
});
const idle = { entrypoint: ['sleep'], cmd: ['999999999'] };

describe('imagesToChoose', () => {
  it.each<[string, Config, string[] | undefined]>([
    ['the only image', config(), ['web']],
    ['several', config(undefined, { a: { image: 'a' }, b: { image: 'b' } }), ['a', 'b']],
    [
      'not what is not built',
      config(undefined, { a: { image: 'a', build: { disabled: true } }, b: { image: 'b' } }),
      ['b'],
    ],
    ['named images', config({ images: [{ name: 'web' }] }), undefined],
    ['a terminal without images', config({ terminal: {} }), undefined],
  ])('%s', (_name, given, expected) => {
    expect(imagesToChoose(given)).toEqual(expected);
  });

  it('fails where there is none', () => {
    expect(() => imagesToChoose(config(undefined, {}))).toThrow(
      expect.objectContaining({ code: 'INTERACTIVE_NO_IMAGE' }) as Error,
    );
  });
});

describe('planInteractive', () => {
  const images: Config['images'] = {
    web: { image: 'repo/web', entrypoint: ['own'], cmd: ['words'] },
    db: { image: 'repo/db' },
  };

  it.each<[string, NonNullable<Interactive['images']>, unknown]>([
    ['nothing given: it waits', [{ name: 'web' }], idle],
    ['empty lists are nothing', [{ name: 'web', entrypoint: [], cmd: [] }], idle],
    ['both', [{ name: 'web', entrypoint: ['a'], cmd: ['b'] }], { entrypoint: ['a'], cmd: ['b'] }],
    [
      'entrypoint alone: cmd of the image',
      [{ name: 'web', entrypoint: ['a'] }],
      { entrypoint: ['a'], cmd: ['words'] },
    ],
    [
      'cmd alone: entrypoint of the image',
      [{ name: 'web', cmd: ['b'] }],
      { entrypoint: ['own'], cmd: ['b'] },
    ],
    [
      'entrypoint and an empty cmd',
      [{ name: 'web', entrypoint: ['a'], cmd: [] }],
      { entrypoint: ['a'], cmd: [] },
    ],
  ])('start command: %s', (_name, overrides, expected) => {
    const given = config({ images: overrides }, images);
    const plan = planInteractive(given, {});
    expect(plan.config.images).toEqual({ ...images, web: { image: 'repo/web', ...(expected as object) } });
    expect(given.images).toEqual(images);
  });

  it.each<[string, Interactive | undefined, string | undefined, { overridden: string[]; images: string[] }]>([
    ['the chosen image', undefined, 'db', { overridden: ['db'], images: ['db'] }],
    [
      'the named images',
      { images: [{ name: 'web' }, { name: 'db' }] },
      undefined,
      { overridden: ['web', 'db'], images: ['web', 'db'] },
    ],
    [
      'the image of the terminal',
      { images: [{ name: 'web' }], terminal: { imageName: 'db' } },
      undefined,
      { overridden: ['web'], images: ['db'] },
    ],
    [
      'a terminal alone changes no image',
      { terminal: { imageName: 'db' } },
      undefined,
      { overridden: [], images: ['db'] },
    ],
    [
      'labels alone',
      { terminal: { labelSelector: { app: 'x' } } },
      undefined,
      { overridden: [], images: [] },
    ],
    [
      'an image of somebody else',
      { images: [{ name: 'web' }], terminal: { imageSelector: 'nginx' } },
      undefined,
      { overridden: ['web'], images: [] },
    ],
    [
      'nothing at all: any of the images',
      { terminal: { command: ['ls'] } },
      undefined,
      { overridden: [], images: ['web', 'db'] },
    ],
  ])('where: %s', (_name, interactive, chosen, expected) => {
    expect(planInteractive(config(interactive, images), { chosen })).toMatchObject(expected);
  });

  it('opens beside what is built for development, and leaves its start command', () => {
    const given: Config = {
      version: 'v1beta3',
      images,
      dev: {
        overrideImages: [{ name: 'web', dockerfile: 'Dockerfile.dev' }],
        interactive: { defaultEnabled: true },
      },
    };
    expect(imagesToChoose(given)).toBeUndefined();
    expect(planInteractive(given, {})).toMatchObject({ overridden: [], images: ['web'], config: { images } });
  });

  it('takes the command of the command line before that of the config', () => {
    const given = config({ terminal: { command: ['ls'], namespace: 'other', containerName: 'app' } });
    expect(planInteractive(given, {}).command).toEqual(['ls']);
    expect(planInteractive(given, { command: ['npm', 'test'] }).command).toEqual(['npm', 'test']);
    expect(planInteractive(given, {}).terminal).toEqual({ namespace: 'other', containerName: 'app' });
  });
});
