import { availableParallelism } from 'node:os';
import { Failure } from '../base/failure.js';
import type { ImageConfig } from '../config/schema.js';
import { buildImage } from './build-image.js';
import { openDaemons } from './daemons.js';
import { eachUntilFailure } from './first-failure.js';
import { planAll } from './plan-all.js';
import { earlier, type BuildRequest, type BuiltImage } from './request.js';

export type { BuildRequest, BuiltImage, ImageCache } from './request.js';

/**
 * Builds and delivers the images that need it, in parallel unless `sequential`. The first failure stops the other builds and is what is thrown;
 * what was finished before is in the cache. Returns an entry for each selected image that has a tag, in the order of the config.
 *
 * Failures: IMAGE_UNKNOWN, IMAGE_TAG_INVALID, DOCKERFILE_MISSING, DOCKERFILE_TARGET_MISSING, DOCKERIGNORE_INVALID, CONTEXT_MISSING,
 * CONTEXT_UNREADABLE, TOOL_NOT_FOUND, DOCKER_NOT_RUNNING, DOCKER_ACCESS_DENIED, IMAGE_BUILD_FAILED, IMAGE_PUSH_DENIED, IMAGE_PUSH_FAILED,
 * IMAGE_LOAD_FAILED.
 */
export async function buildImages(request: BuildRequest): Promise<Map<string, BuiltImage>> {
  const { options, cache, helperDir, emit, signal } = request;
  const selected = select(request);
  const done = new Map<string, BuiltImage>();
  if (options.skipBuild !== true) {
    const active = selected.filter(([, config]) => config.build?.disabled !== true);
    const daemons = await openDaemons({
      ...request,
      env: request.env ?? {},
      skipPush: options.skipPush === true,
    });
    const tasks = await planAll(active, request, daemons);
    const limit = options.sequential === true ? 1 : availableParallelism();
    await eachUntilFailure(tasks, limit, signal, async (task, stop) => {
      done.set(task.plan.name, await buildImage(task, cache, daemons, helperDir, emit, stop));
    });
  }
  return new Map(
    selected.flatMap(([name, config]) => {
      const image = done.get(name) ?? earlier(config, cache.get(name));
      return image ? [[name, image]] : [];
    }),
  );
}

function select({ images, names }: BuildRequest): [string, ImageConfig][] {
  const unknown = names?.find((name) => !Object.hasOwn(images, name));
  if (unknown === undefined) return Object.entries(images).filter(([name]) => !names || names.includes(name));
  throw new Failure({
    code: 'IMAGE_UNKNOWN',
    message: `There is no image "${unknown}" in devspace.yaml`,
    subject: unknown,
    hint: `The images are: ${Object.keys(images).join(', ') || 'none'}`,
  });
}
