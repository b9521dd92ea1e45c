import { parseImageReference } from '../../base/image-reference.js';
import { itemsAt, valueAt } from '../path.js';
import type { Edit } from './edit.js';
import { alreadyThere, notThere, usage } from './entry-failure.js';

export interface NewImage {
  /** May have a tag. */
  readonly image: string;
  readonly tag?: string | undefined;
  readonly dockerfile?: string | undefined;
  readonly context?: string | undefined;
  readonly buildTool?: string | undefined;
}

/** Failures: USAGE, CONFIG_ENTRY_EXISTS. */
export function addImage(config: unknown, name: string, wanted: NewImage): Edit[] {
  if (valueAt(config, ['images', name]) !== undefined)
    throw alreadyThere('an image', name, `devspace remove image ${name}`);
  const { buildTool = 'docker', context, dockerfile, image } = wanted;
  if (buildTool !== 'docker' && buildTool !== 'kaniko')
    throw usage(`--buildtool ${buildTool} is not known`, 'use docker or kaniko');
  const reference = parseImageReference(image);
  if (!reference || reference.digest !== undefined)
    throw usage(
      `--image "${image}" is no name of an image`,
      'write it as --image registry.example.com/team/app',
    );
  const tag = wanted.tag ?? reference.tag;
  const value = {
    image: reference.name,
    ...(tag === undefined ? {} : { tag }),
    ...(dockerfile === undefined ? {} : { dockerfile }),
    ...(context === undefined ? {} : { context }),
    ...(buildTool === 'docker' ? {} : { build: { kaniko: { cache: true } } }),
  };
  return [{ type: 'put', path: ['images', name], value }];
}

/** One image, or all. Failures: USAGE, CONFIG_ENTRY_MISSING. */
export function removeImages(config: unknown, name: string | undefined, all: boolean): Edit[] {
  const found = itemsAt(config, ['images']);
  const names = found.map(({ path }) => String(path.at(-1)));
  if (all) return found.map(({ path }) => ({ type: 'remove', path }));
  if (name === undefined)
    throw usage('which image is to be removed?', 'devspace remove image NAME, or --all');
  if (!names.includes(name)) throw notThere('image', name, names);
  return [{ type: 'remove', path: ['images', name] }];
}
