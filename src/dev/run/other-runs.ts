import { randomUUID } from 'node:crypto';
import { isFailure } from '../../base/failure.js';
import type { Kube } from '../../kube/kube.js';
import { listObjects, patchObject } from '../../kube/api/rest.js';
import { watchObjects } from '../../kube/api/watch.js';
import type { RunIdentity } from '../../state/run-record.js';
import { clearAway, dropLease, leasePath } from './lease-requests.js';
import { holderOf, isDeaf, judge, runAnnotations, runLabel, type Ask, type Lease } from './run-lease-plan.js';

/** Another run of the same project in the namespace. */
export interface OtherRun {
  /** Of its lease. */
  readonly name: string;
  readonly identity: RunIdentity;
  /** It may watch no leases, so nobody can ask it: it is believed to live. */
  readonly isDeaf: boolean;
}

/** How long a run has to answer that it is there: it hears the question at once, unless its machine sleeps or its network is gone. */
const answerMs = 5000;
/** How long it has to end. */
const leaveMs = 20_000;

/**
 * The other runs that live. A process of this machine is looked for; everyone else is asked and has 5 s to answer, but for those who cannot hear
 * the question. The leases of the dead are removed. Failures as the API's.
 */
export async function liveRuns(
  kube: Kube,
  key: string,
  me: RunIdentity,
  signal: AbortSignal,
): Promise<OtherRun[]> {
  const { items } = await listObjects<Lease>(kube, leasePath(kube), {
    labelSelector: `${runLabel}=${key}`,
    signal,
  });
  const judged = items.map(async (lease): Promise<OtherRun[]> => {
    const { name } = lease.metadata;
    const identity = holderOf(lease);
    const verdict = identity === undefined ? 'dead' : judge(identity);
    if (identity && verdict === 'alive') return [{ name, identity, isDeaf: false }];
    if (identity && verdict === 'ask' && isDeaf(lease)) return [{ name, identity, isDeaf: true }];
    const asked = verdict === 'ask' ? await ask(kube, name, { want: 'answer', by: me }, signal) : undefined;
    if (identity && asked?.hasAnswered) return [{ name, identity, isDeaf: false }];
    await clearAway(kube, asked?.lease ?? lease);
    return [];
  });
  return (await Promise.all(judged)).flat();
}

/** Asks a run to end and waits until it has; one that does not within 20 s, or cannot be asked, loses its lease, and ends when it finds out. */
export async function takeOver(
  kube: Kube,
  run: OtherRun,
  me: RunIdentity,
  signal: AbortSignal,
): Promise<void> {
  if (!run.isDeaf) {
    const { hasAnswered } = await ask(kube, run.name, { want: 'leave', by: me }, signal);
    if (hasAnswered) return;
  }
  await dropLease(kube, run.name, signal);
}

interface Asked {
  /** Or has left, when it was asked to. */
  hasAnswered: boolean;
  /** As it was when the question was in it. */
  lease?: Lease;
}

async function ask(kube: Kube, name: string, what: Omit<Ask, 'id'>, signal: AbortSignal): Promise<Asked> {
  const question = JSON.stringify({ id: randomUUID(), ...what });
  const metadata = { annotations: { [runAnnotations.ask]: question } };
  const leaves = what.want === 'leave';
  const late = AbortSignal.timeout(leaves ? leaveMs : answerMs);
  let lease: Lease | undefined;
  try {
    lease = await patchObject<Lease>(kube, leasePath(kube, name), 'merge', { metadata }, { signal });
    const query = { fieldSelector: `metadata.name=${name}`, signal: AbortSignal.any([signal, late]) };
    for await (const leases of watchObjects<Lease>(kube, leasePath(kube), query)) {
      const [now] = leases.values();
      if (now === undefined || now.spec.holderIdentity !== lease.spec.holderIdentity)
        return { hasAnswered: leaves };
      if (!leaves && now.spec.renewTime !== lease.spec.renewTime) return { hasAnswered: true };
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isFailure(error, 'KUBE_NOT_FOUND')) return { hasAnswered: leaves };
    if (!late.aborted) throw error;
  }
  return { hasAnswered: false, ...(lease && { lease }) };
}
