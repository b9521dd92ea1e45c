import type { ImageConfig } from '../config/schema.js';
import { stateFolder } from '../state/folder.js';
import type { Daemons } from './daemons.js';
import { hasImage } from './deliver.js';
import { isLocalContext, type Delivery } from './local-cluster.js';
import { openHashStore, planImage, type ImagePlan } from './plan-image.js';
import { earlier, type BuildRequest } from './request.js';

/** An image to build, and how it gets to the cluster. */
export interface Task {
  readonly plan: ImagePlan;
  readonly delivery: Delivery;
}

/** Decides for all before the first build starts, so that no build can change what another one is judged by. */
export async function planAll(
  active: readonly [string, ImageConfig][],
  request: BuildRequest,
  daemons: Daemons,
): Promise<Task[]> {
  const { root, context, lastContext, options, cache, emit, signal } = request;
  const sameCluster = lastContext === undefined || lastContext === context || !isLocalContext(lastContext);
  const hashes = openHashStore(await stateFolder(root));
  const tasks: Task[] = [];
  for (const [name, config] of active) {
    const previous = cache.get(name);
    const plan = await planImage(name, config, {
      root,
      previous,
      sameCluster,
      hashes,
      signal,
      force: options.forceBuild === true,
      ignoreContext: options.synced?.has(name) === true,
    });
    const delivery = daemons.plan(config);
    const last = earlier(config, previous);
    const gone = last && !plan.reason && (await isGone(last.ref, delivery, daemons, signal));
    const reason = gone ? 'the image is gone' : plan.reason;
    if (reason) tasks.push({ plan: { ...plan, reason }, delivery });
    else
      emit({
        type: 'image',
        image: name,
        ...(last ? { ref: last.ref } : {}),
        state: 'skipped',
        reason: 'unchanged',
      });
    if (reason) await plan.context();
  }
  await hashes.save();
  return tasks;
}

// Where images are pushed, the registry keeps them. Whether it really still has this one is not asked (yet).
async function isGone(
  ref: string,
  delivery: Delivery,
  daemons: Daemons,
  signal: AbortSignal,
): Promise<boolean> {
  return delivery.kind === 'none' && !(await hasImage(ref, await daemons.docker(delivery), signal));
}
