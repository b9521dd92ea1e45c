import { findTool } from '../proc/find-tool.js';
import type { ImageConfig } from '../config/schema.js';
import type { Emit } from '../report/events.js';
import { findDocker, type Docker } from './docker.js';
import { planDelivery, type Delivery } from './local-cluster.js';
import { minikubeEnvironment } from './minikube.js';

/** Who builds for the cluster at hand, and how images get there. */
export interface Daemons {
  plan(config: ImageConfig): Delivery;
  /** The docker command set up for that plan. Looked for when first asked for: without a build nobody needs docker. */
  docker(plan: Delivery): Promise<Docker>;
}

export interface DaemonFacts {
  readonly context?: string | undefined;
  readonly skipPush: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Looks at the tools this machine has for the cluster. A minikube whose daemon cannot be used is treated as a remote cluster, with a warning. */
export async function openDaemons({
  context = '',
  skipPush,
  env,
  emit,
  signal,
}: DaemonFacts): Promise<Daemons> {
  const tool = /^(?:(kind|k3d)-|(minikube)$)/.exec(context)?.slice(1).find(Boolean);
  const found = tool !== undefined && (await isInstalled(tool, env));
  const minikube = found && tool === 'minikube' ? await minikubeEnvironment(env, signal) : undefined;
  if (minikube && 'problem' in minikube)
    emit({
      type: 'warning',
      code: 'MINIKUBE_DAEMON_UNUSABLE',
      text: `The Docker daemon in minikube cannot be used, so images are built here and pushed: ${minikube.problem}`,
      subject: 'minikube',
      hint: 'minikube docker-env',
    });
  const usable = found && !(minikube && 'problem' in minikube);
  const inside = minikube && 'env' in minikube ? minikube.env : {};
  const dockers = new Map<Delivery['daemon'], Promise<Docker>>();
  return {
    plan: (config) =>
      planDelivery({
        context,
        image: config.image,
        skipPush: skipPush || config.build?.docker?.skipPush === true,
        preferMinikube: config.build?.docker?.preferMinikube !== false,
        has: (name) => usable && name === tool,
      }),
    docker({ daemon }) {
      const known = dockers.get(daemon);
      if (known) return known;
      const docker = findDocker(daemon === 'minikube' ? { ...env, ...inside } : env, signal);
      dockers.set(daemon, docker);
      return docker;
    },
  };
}

async function isInstalled(tool: string, env: DaemonFacts['env']): Promise<boolean> {
  const path = findTool(tool, { neededFor: '', hint: '', env: { ...process.env, ...env } });
  return await path.then(
    () => true,
    () => false,
  );
}
