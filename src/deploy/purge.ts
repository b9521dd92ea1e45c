import { Failure, isFailure } from '../base/failure.js';
import { deployerOf, select, type DeployRequest } from './deploy-all.js';
import type { PurgeOptions } from './deployer.js';

export interface PurgeRequest extends DeployRequest {
  readonly options: PurgeOptions;
}

/**
 * Deletes what the deployments put into the cluster, the last one first. A deployment that cannot be purged does not stop the others; the
 * call fails at the end of it all. Failures: PURGE_FAILED, DEPLOYMENT_UNKNOWN, those of the deployers.
 */
export async function purgeAll({ deployments, only, target, options }: PurgeRequest): Promise<void> {
  const { emit, signal } = target;
  const failed: Failure[] = [];
  for (const deployment of select(deployments, only).toReversed()) {
    signal.throwIfAborted();
    const { name } = deployment;
    const deployer = deployerOf(deployment);
    const { tool } = deployer;
    const started = performance.now();
    emit({ type: 'deployment', name, tool, state: 'purging' });
    try {
      await deployer.purge(deployment, target, options);
      emit({ type: 'deployment', name, tool, state: 'purged', ms: Math.round(performance.now() - started) });
    } catch (error) {
      if (!isFailure(error)) throw error;
      failed.push(error);
    }
  }
  const [first, ...more] = failed;
  if (!first) return;
  if (more.length === 0) throw first;
  throw new Failure({
    code: 'PURGE_FAILED',
    message: `${failed.length} deployments were not purged`,
    hint: first.hint,
    details: failed.flatMap(({ message, details }) => [message].concat(details.map((line) => `  ${line}`))),
  });
}
