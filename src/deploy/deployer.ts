import type { DeploymentConfig } from '../config/schema.js';
import type { Emit } from '../report/events.js';
import type { BuiltTag } from './replace-images.js';

/** One object a deployment put into a cluster: all that is needed to delete exactly that. */
export interface AppliedObject {
  /** Kube context it was applied in. */
  readonly context: string;
  /** Its namespace; for objects without one, the namespace of the deployment. */
  readonly namespace: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** What earlier runs applied, by name of the deployment. An empty list removes the entry. */
export interface DeployCache {
  get(deployment: string): readonly AppliedObject[];
  set(deployment: string, objects: readonly AppliedObject[]): void | Promise<void>;
}

/** Where and with what to deploy. */
export interface DeployTarget {
  /** Folder of devspace.yaml. */
  readonly root: string;
  readonly context: string;
  readonly namespace: string;
  /** Tags to put behind image references. */
  readonly built: readonly BuiltTag[];
  readonly cache: DeployCache;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface PurgeOptions {
  /** Leave namespaces and volumes, and so the data in them. */
  readonly keepVolumes: boolean;
}

/**
 * One way to deploy. Both calls work on the cluster, keep `target.cache` true even when they fail half-way, and reject with a Failure, or with
 * the signal's reason once everything they started has ended. `purge` of something that is not there succeeds.
 */
export interface Deployer {
  readonly tool: string;
  deploy(deployment: DeploymentConfig, target: DeployTarget): Promise<void>;
  purge(deployment: DeploymentConfig, target: DeployTarget, options: PurgeOptions): Promise<void>;
}
