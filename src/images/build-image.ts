import type { Emit } from '../report/events.js';
import { dockerBuilder } from './builders/docker.js';
import type { Daemons } from './daemons.js';
import { deliver } from './deliver.js';
import { overrideStart } from './dockerfile.js';
import type { Task } from './plan-all.js';
import { image, type BuiltImage, type ImageCache } from './request.js';
import { addRestartHelper } from './restart-helper.js';
import { tagFor } from './tag.js';

/** Builds one image, brings it to the cluster and only then records it as built. */
export async function buildImage(
  { plan, delivery }: Task,
  cache: ImageCache,
  daemons: Daemons,
  helperDir: string,
  emit: Emit,
  signal: AbortSignal,
): Promise<BuiltImage> {
  const { name, config, now, reason } = plan;
  const started = performance.now();
  const onLine = (line: string): void => emit({ type: 'output', from: name, line });
  const result = image(config.image, tagFor(name, config.tag), true);
  const buildOptions = config.build?.docker?.options ?? {};
  const { ref, tag } = result;
  const { ignore, entries, hash } = await plan.context();
  const docker = await daemons.docker(delivery);

  emit({ type: 'image', image: name, ref, state: 'building', ...(reason ? { reason } : {}) });
  const { entrypoint, cmd } = config;
  const dockerfileText = overrideStart(plan.dockerfileText, { entrypoint, cmd, target: buildOptions.target });
  const { dockerfile, contextDir } = plan;
  const job = {
    image: name,
    ref,
    dockerfile,
    dockerfileText,
    overridden: dockerfileText !== plan.dockerfileText,
    contextDir,
    context: entries,
    ignore,
    ...buildOptions,
  };
  await dockerBuilder(docker)(job, onLine, signal);
  if (config.injectRestartHelper)
    await addRestartHelper(docker, { image: name, ref, helperDir }, onLine, signal);

  if (delivery.kind !== 'none') emit({ type: 'image', image: name, ref, state: 'pushing' });
  await deliver(delivery, ref, docker, onLine, signal);

  if (cache.get(name)?.tag === tag) emit(tagReused(name, ref));
  await cache.set(name, { ...now, contextHash: hash, imageName: config.image, tag });
  emit({ type: 'image', image: name, ref, state: 'built', ms: Math.round(performance.now() - started) });
  return result;
}

function tagReused(name: string, ref: string): Parameters<Emit>[0] {
  return {
    type: 'warning',
    code: 'IMAGE_TAG_REUSED',
    text: `Image "${name}" was built again as ${ref}: a cluster that already runs this tag may keep the old one`,
    subject: name,
    hint: `Remove images.${name}.tag in devspace.yaml to get a new tag at every build`,
  };
}
