import { isDeepStrictEqual } from 'node:util';
import { shortList } from '../expected.js';
import { itemsAt, valueAt } from '../path.js';
import { usage } from './entry-failure.js';

/** Which pods an entry of dev is about. */
export interface DevSelector {
  readonly imageName?: string | undefined;
  readonly imageSelector?: string | undefined;
  readonly labelSelector?: Readonly<Record<string, string>> | undefined;
}

/**
 * The selector as a new entry has it. Without one it is that of the first entry of the same kind, else the only image. Failure: USAGE, when the config
 * does not tell which is meant.
 */
export function chooseSelector(config: unknown, section: 'ports' | 'sync', wanted: DevSelector): DevSelector {
  if (wanted.imageName !== undefined || wanted.labelSelector !== undefined) return plain(wanted);
  const [first] = itemsAt(config, ['dev', section]);
  if (first) return selectorOf(first.value);
  const images = itemsAt(config, ['images']).map(({ path }) => String(path.at(-1)));
  const [only, ...others] = images;
  if (only !== undefined && others.length === 0) return { imageName: only };
  const message =
    only === undefined
      ? 'which pods? devspace.yaml has no image'
      : `which pods? The images are ${shortList(images)}`;
  throw usage(message, 'name them with --image-name NAME or --label-selector app=web');
}

/** The selector of an entry that is there. */
export function selectorOf(entry: unknown): DevSelector {
  return plain({
    imageName: valueAt(entry, ['imageName']) as string | undefined,
    imageSelector: valueAt(entry, ['imageSelector']) as string | undefined,
    labelSelector: valueAt(entry, ['labelSelector']) as Record<string, string> | undefined,
  });
}

/** True when `entry` has just what of the selector is given. */
export function selects(entry: unknown, wanted: DevSelector): boolean {
  return Object.entries(plain(wanted)).every(([key, value]) =>
    isDeepStrictEqual(valueAt(entry, [key]), value),
  );
}

export function sameSelector(a: DevSelector, b: DevSelector): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain({ imageName, imageSelector, labelSelector }: DevSelector): DevSelector {
  return {
    ...(imageName === undefined ? {} : { imageName }),
    ...(imageSelector === undefined ? {} : { imageSelector }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
}
