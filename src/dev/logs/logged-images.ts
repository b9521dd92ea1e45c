import type { Config } from '../../config/schema.js';
import type { ImageRefs } from '../images/built-images.js';

/**
 * Whose containers a run streams, by the name that stands before their lines: the images in dev.logs.images; without that, all of `images` and those that
 * ports and sync select though they are built elsewhere.
 */
export function loggedImages({ dev }: Pick<Config, 'dev'>, refs: ImageRefs): ImageRefs {
  const names = dev?.logs?.images;
  if (names) return new Map([...refs].filter(([name]) => names.includes(name)));
  const selected = [...(dev?.ports ?? []), ...(dev?.sync ?? [])].flatMap(
    (entry) => entry.imageSelector ?? [],
  );
  return new Map([...refs, ...selected.map((image) => [image, image] as const)]);
}
