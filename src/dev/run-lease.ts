import { createHash, randomUUID } from 'node:crypto';
import { isFailure } from '../base/failure.js';
import type { Config } from '../config/schema.js';
import { resourcePath, withQuery } from '../kube/api-paths.js';
import type { Kube } from '../kube/kubeconfig.js';
import { createObject, deleteObject, listObjects, patchObject } from '../kube/rest.js';
import { watchObjects } from '../kube/watch.js';
import type { RunIdentity } from '../state/run-record.js';
import {
  askOf,
  holderOf,
  judge,
  leaseBody,
  microTime,
  runAnnotations,
  runLabel,
  type Ask,
  type Lease,
} from './run-lease-plan.js';

/** Another run of the same project in the namespace. */
export interface OtherRun {
  /** Of its lease. */
  readonly name: string;
  readonly identity: RunIdentity;
}

/** How long a run has to answer that it is there: it hears the question at once, unless its machine sleeps or its network is gone. */
const answerMs = 5000;
/** How long it has to end. */
const leaveMs = 20_000;
const releaseMs = 2000;

/** Tells the projects of a namespace apart: by what they deploy, for everyone has another folder. */
export function leaseKey({ deployments = [], dev, images = {} }: Config): string {
  const names = deployments.map(({ name }) => name).toSorted();
  const what =
    names.length > 0 ? names : [Object.values(images).map(({ image }) => image), dev?.sync, dev?.ports];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 10);
}

/**
 * The other runs that live. A process of this machine is looked for; everyone else is asked and has 5 s to answer. The leases of the dead are
 * removed. Failures as the API's.
 */
export async function liveRuns(
  kube: Kube,
  key: string,
  me: RunIdentity,
  signal: AbortSignal,
): Promise<OtherRun[]> {
  const { items } = await listObjects<Lease>(kube, pathOf(kube), {
    labelSelector: `${runLabel}=${key}`,
    signal,
  });
  const judged = items.map(async (lease): Promise<OtherRun[]> => {
    const { name } = lease.metadata;
    const identity = holderOf(lease);
    const verdict = identity === undefined ? 'dead' : judge(identity);
    if (identity && verdict === 'alive') return [{ name, identity }];
    const asked = verdict === 'ask' ? await ask(kube, name, { want: 'answer', by: me }, signal) : undefined;
    if (identity && asked?.hasAnswered) return [{ name, identity }];
    await remove(kube, asked?.lease ?? lease);
    return [];
  });
  return (await Promise.all(judged)).flat();
}

/** Asks a run to end and waits until it has; one that does not within 20 s loses its lease, and ends when it finds out. */
export async function takeOver(
  kube: Kube,
  run: OtherRun,
  me: RunIdentity,
  signal: AbortSignal,
): Promise<void> {
  const { hasAnswered } = await ask(kube, run.name, { want: 'leave', by: me }, signal);
  if (hasAnswered) return;
  await deleteObject(kube, pathOf(kube, run.name), { signal }).catch(ignoreAbsence);
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
    lease = await patchObject<Lease>(kube, pathOf(kube, name), 'merge', { metadata }, { signal });
    const query = { fieldSelector: `metadata.name=${name}`, signal: AbortSignal.any([signal, late]) };
    for await (const leases of watchObjects<Lease>(kube, pathOf(kube), query)) {
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

export interface LeaseHolder {
  key: string;
  me: RunIdentity;
  /** Beside another run: under a name of its own. */
  beside: boolean;
  /** Another run takes over; undefined when it does not say which. */
  onTaken: (by: RunIdentity | undefined) => void;
}

/** This run's lease. Disposing gives it back, if it is still ours. */
export class RunLease implements AsyncDisposable {
  /** Of a watch of it, whose events {@link heard} wants. */
  readonly watchPath: string;
  readonly #kube: Kube;
  readonly #holder: LeaseHolder;
  #lease: Lease;
  #answered = '';
  #isOver = false;

  private constructor(kube: Kube, holder: LeaseHolder, lease: Lease) {
    this.#kube = kube;
    this.#holder = holder;
    this.#lease = lease;
    const fieldSelector = `metadata.name=${lease.metadata.name}`;
    this.watchPath = withQuery(pathOf(kube), { watch: true, fieldSelector });
  }

  /** KUBE_CONFLICT: another run was faster. Other failures as the API's. */
  static async hold(kube: Kube, holder: LeaseHolder, signal: AbortSignal): Promise<RunLease> {
    const body = leaseBody(holder, new Date());
    return new RunLease(kube, holder, await createObject<Lease>(kube, pathOf(kube), body, { signal }));
  }

  /** One event of the watch, as JSON. What it asks for is done in the background, and once. */
  heard(text: string): void {
    const { object, type } = JSON.parse(text) as { type: string; object: Lease };
    if (this.#isOver || object.kind !== 'Lease' || type === 'BOOKMARK') return;
    if (type === 'DELETED') return this.#taken(undefined);
    const before = this.#lease;
    this.#lease = object;
    if (object.spec.holderIdentity !== before.spec.holderIdentity) return this.#taken(holderOf(object));
    const question = askOf(object);
    if (question === undefined || question.id === this.#answered) return;
    this.#answered = question.id;
    if (question.want === 'leave') return this.#holder.onTaken(question.by);
    void this.#answer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await remove(this.#kube, this.#lease);
  }

  #taken(by: RunIdentity | undefined): void {
    this.#isOver = true;
    this.#holder.onTaken(by);
  }

  async #answer(): Promise<void> {
    const body = {
      metadata: { annotations: { [runAnnotations.ask]: null } },
      spec: { renewTime: microTime(new Date()) },
    };
    // Without an answer we count as dead, and find out when we are replaced.
    await patchObject(this.#kube, pathOf(this.#kube, this.#lease.metadata.name), 'merge', body).catch(
      () => {},
    );
  }
}

/** Takes a lease away unless it has changed since; that it cannot be is nothing to stop for: it will be found to be stale. */
async function remove(kube: Kube, { metadata }: Lease): Promise<void> {
  const { name, resourceVersion, uid } = metadata;
  const preconditions = { uid, resourceVersion };
  await deleteObject(kube, pathOf(kube, name), { preconditions, timeoutMs: releaseMs }).catch(() => {});
}

function ignoreAbsence(error: unknown): void {
  if (!isFailure(error, 'KUBE_NOT_FOUND')) throw error;
}

const pathOf = (kube: Kube, name?: string): string =>
  resourcePath('apis/coordination.k8s.io/v1', 'leases', {
    namespace: kube.namespace,
    ...(name === undefined ? {} : { name }),
  });
