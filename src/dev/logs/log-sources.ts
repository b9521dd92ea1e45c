import { imageMatches } from '../../base/image-reference.js';
import type { Config } from '../../config/schema.js';
import type { ContainerSpec, Pod } from '../../kube/api/objects.js';
import { selectorFor, type ImageRefs } from '../images/built-images.js';

/** Containers whose logs a run streams: all that fit what is said here. */
export interface LogSource {
  /** What stands before their lines: the name of their image in `images`, or the image where it is built elsewhere. Without it their pod does. */
  readonly name: string | undefined;
  /** As it stands in the pod, or without a tag, which matches any. */
  readonly image: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly container?: string | undefined;
  readonly namespaces: readonly string[];
}

/**
 * Whose logs a run in `namespace` streams: the images in dev.logs.images, or without that all of `images` and those that ports and sync select though they
 * are built elsewhere, wherever something is deployed to; and what dev.logs.selectors adds. A container belongs to the first that fits. Throws
 * IMAGE_NEVER_BUILT as selectorFor.
 */
export function logSources(
  { deployments = [], dev }: Pick<Config, 'deployments' | 'dev'>,
  refs: ImageRefs,
  namespace: string,
): LogSource[] {
  const { images: names, selectors = [] } = dev?.logs ?? {};
  const selected = [...(dev?.ports ?? []), ...(dev?.sync ?? [])].flatMap(
    (entry) => entry.imageSelector ?? [],
  );
  const images = names
    ? [...refs].filter(([name]) => names.includes(name))
    : new Map([...refs, ...selected.map((image) => [image, image] as const)]);
  const deployedTo = new Set([namespace, ...deployments.flatMap((one) => one.namespace || [])]);
  return [
    ...[...images].map(([name, image]) => ({ name, image, namespaces: [...deployedTo] })),
    ...selectors.map((entry) => {
      const { container, images: [image] = [], labelSelector: labels } = selectorFor(entry, refs);
      const name = entry.imageName ?? entry.imageSelector;
      return { name, image, labels, container, namespaces: [entry.namespace || namespace] };
    }),
  ];
}

/** The first source that a container of a pod belongs to. */
export function sourceOf(
  sources: readonly LogSource[],
  { metadata: { labels: own = {}, namespace = '' } }: Pod,
  { image: runs, name }: ContainerSpec,
): LogSource | undefined {
  return sources.find(
    ({ container = name, image, labels = {}, namespaces }) =>
      container === name &&
      namespaces.includes(namespace) &&
      (image === undefined || imageMatches(runs, image)) &&
      Object.entries(labels).every(([label, value]) => own[label] === value),
  );
}
