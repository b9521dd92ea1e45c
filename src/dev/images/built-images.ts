import { Failure } from '../../base/failure.js';

/** Name in `images` → `repository:tag` of the last build. */
export type ImageRefs = ReadonlyMap<string, string>;

/** What selects the pods of an entry in dev.ports, dev.sync, …: its labels, its image (by name, or as it stands in the pod), or both. */
export interface TargetConfig {
  imageName?: string | undefined;
  imageSelector?: string | undefined;
  labelSelector?: Record<string, string> | undefined;
  namespace?: string | undefined;
  containerName?: string | undefined;
}

export interface TargetSelector {
  namespace: string | undefined;
  labelSelector: Record<string, string> | undefined;
  images: string[] | undefined;
  container: string | undefined;
  pod?: string | undefined;
  /** See the selector of kube/target-choice. */
  notContainerId?: string | undefined;
}

/** Throws IMAGE_NEVER_BUILT when the entry names an image that has no tag yet. */
export function selectorFor(entry: TargetConfig, refs: ImageRefs): TargetSelector {
  let images = entry.imageSelector === undefined ? undefined : [entry.imageSelector];
  if (entry.imageName !== undefined) {
    const ref = refs.get(entry.imageName);
    if (ref === undefined) {
      throw new Failure({
        code: 'IMAGE_NEVER_BUILT',
        message: `image ${entry.imageName} was never built here, so its containers cannot be found`,
        subject: entry.imageName,
        hint: 'devspace dev --force-build',
      });
    }
    images = [ref];
  }
  return {
    namespace: entry.namespace,
    labelSelector: entry.labelSelector,
    images,
    container: entry.containerName,
  };
}
