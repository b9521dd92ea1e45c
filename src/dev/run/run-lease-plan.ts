import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { KubeObject } from '../../kube/api/objects.js';
import { isRunning, startOf } from '../../state/process-identity.js';
import type { RunIdentity } from '../../state/run-record.js';

/**
 * What a dev run leaves in its namespace, so that another run of the same project finds it: a Lease with who, where and since when. It is written once
 * and not renewed, for a run that does nothing must ask nothing of the API server; whether its holder lives is found out by asking him. He watches his
 * lease and answers by renewing it.
 */
export interface Lease extends KubeObject {
  spec: { holderIdentity?: string; acquireTime?: string; renewTime?: string };
}

/** One that is to be created. */
export type LeaseBody = Omit<Lease, 'metadata'> & {
  metadata: Pick<Lease['metadata'], 'name' | 'labels' | 'annotations'>;
};

/** With the key of the project. */
export const runLabel = 'devspace.sh/run';
export const runAnnotations = {
  holder: 'devspace.sh/holder',
  ask: 'devspace.sh/ask',
  /** Its holder may not watch it. */
  deaf: 'devspace.sh/deaf',
} as const;

/** A question to the holder: whether it is there, or to end. */
export interface Ask {
  readonly id: string;
  readonly want: 'answer' | 'leave';
  readonly by: RunIdentity;
}

/** The lease to be created. The name of one beside another run is its own; all others of a project compete for one. */
export function leaseBody(
  { beside, key, me }: { beside: boolean; key: string; me: RunIdentity },
  now: Date,
): LeaseBody {
  const own = randomBytes(4).toString('hex');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: `devspace-${key}${beside ? `-${own}` : ''}`,
      labels: { [runLabel]: key },
      annotations: { [runAnnotations.holder]: JSON.stringify(me) },
    },
    spec: {
      holderIdentity: `${me.user}@${me.host}/${me.pid}/${own}`,
      acquireTime: microTime(now),
      renewTime: microTime(now),
    },
  };
}

/** As Kubernetes wants them: with six digits. */
export const microTime = (time: Date): string => time.toISOString().replace('Z', '000Z');

/** Who holds it; undefined when it does not say that in our words. */
export function holderOf({ metadata }: Lease): RunIdentity | undefined {
  const data = parsed(metadata.annotations?.[runAnnotations.holder]);
  const texts = ['context', 'folder', 'host', 'namespace', 'since', 'user'];
  const isWhole = texts.every((key) => typeof data?.[key] === 'string') && typeof data?.pid === 'number';
  return isWhole ? (data as unknown as RunIdentity) : undefined;
}

/** Whether its holder hears no questions. */
export const isDeaf = ({ metadata }: Lease): boolean =>
  metadata.annotations?.[runAnnotations.deaf] === 'true';

export function askOf({ metadata }: Lease): Ask | undefined {
  const data = parsed(metadata.annotations?.[runAnnotations.ask]);
  if (typeof data?.id !== 'string' || (data.want !== 'answer' && data.want !== 'leave')) return undefined;
  return data as unknown as Ask;
}

/**
 * Whether the process of a run lives, as far as that can be known without asking it: only of a process of this machine since it was switched on. Names of
 * machines are not unique.
 */
export function judge({ host, pid, started }: RunIdentity): 'alive' | 'dead' | 'ask' {
  const bootOf = (text: string | undefined) => text?.split('/')[0];
  const boot = bootOf(startOf(process.pid));
  if (host !== hostname() || boot === undefined || bootOf(started) !== boot) return 'ask';
  return isRunning(pid, started) ? 'alive' : 'dead';
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const data: unknown = JSON.parse(text ?? '');
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
