import type { DeploymentConfig } from '../config/schema.js';
import { Failure } from '../base/failure.js';
import type { Deployer, DeployTarget } from './deployer.js';
import { kubectlDeployer } from './kubectl-deployer.js';

export interface DeployRequest {
  /** `deployments` of the config. */
  readonly deployments: readonly DeploymentConfig[];
  /** Names of those to deploy; undefined for all. */
  readonly only?: readonly string[] | undefined;
  readonly target: DeployTarget;
}

/** Deploys in the order of the config, one after the other; the first failure ends it. Failures: DEPLOYMENT_UNKNOWN and those of the deployers. */
export async function deployAll({ deployments, only, target }: DeployRequest): Promise<void> {
  const { emit, signal } = target;
  for (const deployment of select(deployments, only)) {
    signal.throwIfAborted();
    const { name } = deployment;
    const deployer = deployerOf(deployment);
    const { tool } = deployer;
    const started = performance.now();
    emit({ type: 'deployment', name, tool, state: 'deploying' });
    await deployer.deploy(deployment, target);
    emit({ type: 'deployment', name, tool, state: 'deployed', ms: Math.round(performance.now() - started) });
  }
}

/** The deployments named in `only`, in the order of the config; all of them without it. Fails with DEPLOYMENT_UNKNOWN. */
export function select(
  deployments: readonly DeploymentConfig[],
  only: readonly string[] | undefined,
): readonly DeploymentConfig[] {
  if (!only) return deployments;
  const known = deployments.map(({ name }) => name);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown === undefined) return deployments.filter(({ name }) => only.includes(name));
  throw new Failure({
    code: 'DEPLOYMENT_UNKNOWN',
    message: `There is no deployment "${unknown}" in devspace.yaml`,
    subject: unknown,
    hint: `The deployments are: ${known.join(', ') || 'none'}`,
  });
}

/** Helm charts and components will be further entries here; until then they are refused before a run gets this far. */
export function deployerOf({ name, kubectl }: DeploymentConfig): Deployer {
  if (kubectl) return kubectlDeployer;
  throw new Failure({
    code: 'DEPLOYMENT_UNSUPPORTED',
    message: `Deployment "${name}" is of a kind that is not supported yet`,
    subject: name,
    hint: 'Give it a kubectl section with its manifests',
  });
}
