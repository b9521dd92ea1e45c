import { createHash } from 'node:crypto';
import { isFailure } from '../../base/failure.js';
import type { Config } from '../../config/schema.js';
import { withQuery } from '../../kube/api/api-paths.js';
import type { Kube } from '../../kube/kube.js';
import { createObject, getObject, patchObject } from '../../kube/api/rest.js';
import { watchObjects } from '../../kube/api/watch.js';
import type { RunIdentity } from '../../state/run-record.js';
import { giveBack, leasePath } from './lease-requests.js';
import {
  askOf,
  holderOf,
  leaseBody,
  microTime,
  runAnnotations,
  type Lease,
  type LeaseBody,
} from './run-lease-plan.js';

const timeoutMs = 2000;

/** Tells the projects of a namespace apart: by what they deploy, for everyone has another folder. */
export function leaseKey({ deployments = [], dev, images = {} }: Config): string {
  const names = deployments.map(({ name }) => name).toSorted();
  const what =
    names.length > 0 ? names : [Object.values(images).map(({ image }) => image), dev?.sync, dev?.ports];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 10);
}

export interface LeaseHolder {
  key: string;
  me: RunIdentity;
  /** Beside another run: under a name of its own. */
  beside: boolean;
  /** Another run takes over; undefined when it does not say which. */
  onTaken: (by: RunIdentity | undefined) => void;
}

/**
 * This run's lease. What is done with it is heard over a watch: the pulse's ({@link watchPath}, {@link heard}), and where that cannot be had one of
 * its own ({@link listen}). Disposing gives the lease back, if it is still ours.
 */
export class RunLease implements AsyncDisposable {
  /** Of a watch of it, whose events {@link heard} wants. */
  readonly watchPath: string;
  readonly #kube: Kube;
  readonly #holder: LeaseHolder;
  readonly #body: LeaseBody;
  readonly #closing = new AbortController();
  #lease: Lease;
  #answered = '';
  /** Asked to end: whoever takes the lease away now may. */
  #isLeaving = false;
  #isOver = false;
  #making: Promise<void> | undefined;

  private constructor(kube: Kube, holder: LeaseHolder, body: LeaseBody, lease: Lease) {
    this.#kube = kube;
    this.#holder = holder;
    this.#body = body;
    this.#lease = lease;
    this.watchPath = withQuery(leasePath(kube), { watch: true, fieldSelector: this.#named });
  }

  /** KUBE_CONFLICT: another run was faster. Other failures as the API's. */
  static async hold(kube: Kube, holder: LeaseHolder, signal: AbortSignal): Promise<RunLease> {
    const body = leaseBody(holder, new Date());
    const lease = await createObject<Lease>(kube, leasePath(kube), body, { signal });
    return new RunLease(kube, holder, body, lease);
  }

  /** One event of the watch, as JSON. What it asks for is done in the background, and once. */
  heard(text: string): void {
    const { object, type } = JSON.parse(text) as { type: string; object: Lease };
    if (object.kind !== 'Lease' || type === 'BOOKMARK') return;
    this.#saw(type === 'DELETED' ? undefined : object);
  }

  /** Looks what has become of it while nothing could be heard, in the background. */
  look(): void {
    const { signal } = this.#closing;
    getObject<Lease>(this.#kube, this.#path, { signal }).then(
      (lease) => this.#saw(lease),
      (error: unknown) => isFailure(error, 'KUBE_NOT_FOUND') && this.#saw(undefined),
    );
  }

  /**
   * Listens over a plain watch, in the background, until it is disposed of. Who may not even do that tells others so: not to hear a question is no
   * sign of death then.
   */
  listen(): void {
    const { signal } = this.#closing;
    const watch = async (): Promise<void> => {
      const options = { fieldSelector: this.#named, signal };
      for await (const leases of watchObjects<Lease>(this.#kube, leasePath(this.#kube), options))
        this.#saw([...leases.values()][0]);
    };
    watch().catch((error: unknown) => {
      if (signal.aborted) return;
      if (!isFailure(error)) throw error;
      void this.#patch({ metadata: { annotations: { [runAnnotations.deaf]: 'true' } } });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#making;
    if (this.#isOver) return;
    this.#isOver = true;
    await giveBack(this.#kube, this.#lease);
  }

  get #named(): string {
    return `metadata.name=${this.#body.metadata.name}`;
  }

  get #path(): string {
    return leasePath(this.#kube, this.#body.metadata.name);
  }

  #saw(lease: Lease | undefined): void {
    if (this.#isOver) return;
    if (lease === undefined) return this.#again();
    if (lease.spec.holderIdentity !== this.#body.spec.holderIdentity) return this.#taken(holderOf(lease));
    this.#lease = lease;
    const question = askOf(lease);
    if (question === undefined || question.id === this.#answered) return;
    this.#answered = question.id;
    if (question.want === 'leave') {
      this.#isLeaving = true;
      return this.#holder.onTaken(question.by);
    }
    const metadata = { annotations: { [runAnnotations.ask]: null } };
    // Without an answer we count as dead, and find out when we are replaced.
    void this.#patch({ metadata, spec: { renewTime: microTime(new Date()) } });
  }

  /** Somebody took it away and did not take our place: by hand, or while we did not answer. */
  #again(): void {
    if (this.#isLeaving || this.#closing.signal.aborted) return;
    this.#making ??= createObject<Lease>(this.#kube, leasePath(this.#kube), this.#body, { timeoutMs })
      .then((lease) => void (this.#lease = lease))
      // It is there already. Whatever else: the next look finds out.
      .catch((error: unknown) => void (isFailure(error, 'KUBE_CONFLICT') && this.look()))
      .finally(() => (this.#making = undefined));
  }

  #taken(by: RunIdentity | undefined): void {
    this.#isOver = true;
    this.#holder.onTaken(by);
  }

  async #patch(body: unknown): Promise<void> {
    const { signal } = this.#closing;
    await patchObject(this.#kube, this.#path, 'merge', body, { signal }).catch(() => {});
  }
}
