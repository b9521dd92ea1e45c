import { parseImageReference, type ImageReference } from '../../base/image-reference.js';
import { itemsAt, valueAt } from '../path.js';
import { addDeployment } from './deployments.js';
import type { Edit } from './edit.js';
import { usage } from './entry-failure.js';

/** A deployment of one image: a component with one container. */
export interface ImageDeployment {
  readonly namespace?: string | undefined;
  /** Where it is pushed to; with `dockerfile` undefined, the image that is deployed as it is. */
  readonly image: string;
  readonly dockerfile?: string | undefined;
  readonly context?: string | undefined;
  /** That the program listens on: the component gets a service. */
  readonly port?: number | undefined;
}

/**
 * The deployment and its image, unless `images` has one of that repository already. An image that is not built here is listed all the same, as
 * DevSpace does it: so its tag stands in one place. Failures: USAGE, CONFIG_ENTRY_EXISTS.
 */
export function addImageDeployment(config: unknown, name: string, wanted: ImageDeployment): Edit[] {
  const { context, dockerfile, image, namespace, port } = wanted;
  const reference = parseImageReference(image);
  if (!reference) throw usage(`--image "${image}" is no name of an image`, '--image nginx:1.27');
  if (dockerfile !== undefined && (reference.tag !== undefined || reference.digest !== undefined))
    throw usage(`--image "${image}" is to be built, so it has no tag yet`, `--image ${reference.name}`);
  const component = {
    containers: [{ image: reference.digest === undefined ? reference.name : image }],
    ...(port === undefined ? {} : { service: { ports: [{ port }] } }),
  };
  const deployment = addDeployment(config, name, { namespace, component });
  if (reference.digest !== undefined || isListed(config, reference)) return deployment;
  const value =
    dockerfile === undefined
      ? {
          image: reference.name,
          tag: reference.tag ?? 'latest',
          createPullSecret: true,
          build: { disabled: true },
        }
      : { image: reference.name, dockerfile, ...(context === undefined ? {} : { context }) };
  return [{ type: 'put', path: ['images', freeName(config, name)], value }, ...deployment];
}

function isListed(config: unknown, { repository }: ImageReference): boolean {
  return itemsAt(config, ['images']).some(({ value }) => {
    const image = valueAt(value, ['image']);
    return typeof image === 'string' && parseImageReference(image)?.repository === repository;
  });
}

/** The name, or `name-0`, `name-1`, … when there is an image of that name. */
function freeName(config: unknown, name: string): string {
  const taken = new Set(itemsAt(config, ['images']).map(({ path }) => String(path.at(-1))));
  let free = name;
  for (let count = 0; taken.has(free); count++) free = `${name}-${count}`;
  return free;
}
