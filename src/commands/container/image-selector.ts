import { Failure } from '../../base/failure.js';
import { parseImageReference } from '../../base/image-reference.js';
import { listPods } from '../../kube/select/candidates.js';
import type { Kube } from '../../kube/kube.js';
import type { Pod } from '../../kube/api/objects.js';

/**
 * The image, exactly as it stands in the newest pod that runs it, for `--image-selector`: a repository, with any tag when it names none. Throws
 * TARGET_NOT_FOUND.
 */
export async function findImage(kube: Kube, selector: string, signal: AbortSignal): Promise<string> {
  const pods = await listPods(kube, {}, signal);
  const images = pods.flatMap(({ spec }: Pod) => spec.containers.flatMap(({ image }) => image ?? []));
  const found = images.find((image) => image === selector) ?? images.find((image) => isOf(image, selector));
  if (found !== undefined) return found;
  const there = [...new Set(images)].sort();
  throw new Failure({
    code: 'TARGET_NOT_FOUND',
    message: `No pod in namespace ${kube.namespace} of context ${kube.context} runs image ${selector}`,
    subject: selector,
    details: there.slice(0, 20),
    hint: there.length > 0 ? 'the images that run there are above' : 'there are no pods at all',
  });
}

function isOf(image: string, selector: string): boolean {
  const wanted = parseImageReference(selector);
  if (wanted === undefined || wanted.tag !== undefined || wanted.digest !== undefined) return false;
  return parseImageReference(image)?.repository === wanted.repository;
}
