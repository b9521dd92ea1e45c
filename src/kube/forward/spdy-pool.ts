import { sleep } from '../../base/abort.js';
import { settleable } from '../../base/settleable.js';
import { onAbort } from '../on-abort.js';
import type { SpdyConnection } from '../spdy/connection.js';
import { PortPair } from './port-pair.js';
import type { PodConnection, PodLink, PodName } from './pod-connection.js';

/** More than this many, and forwarded connections share them. */
const maxMembers = 32;
/** Opened at the same time. */
const maxOpening = 8;
/** A connection that was heard of this long ago is believed to be alive. */
const freshMs = 5000;
/** How long one that was not, or one with data that nobody has taken, has to show that it is. */
const proofMs = 2000;
/** Unused connections go after this long; the last one later, for whoever comes back. */
const spareMs = 10_000;
const lastSpareMs = 60_000;

interface Member {
  readonly connection: SpdyConnection;
  /** Forwarded connections whose local side has not ended. */
  active: number;
  /** Free for the next one: nothing is under way in it that could stand in its way. */
  free: boolean;
  freeSince: number;
  /** Nothing that was sent in it is stuck, as far as can be known. */
  isClean: boolean;
}

/**
 * The SPDY connections to one pod. Each forwarded connection has one of its own as long as there are not too many, for within one a reader that is
 * behind stops all; a finished one is used again, and one is kept ready for the next, so that a new connection costs no more than its own bytes.
 */
export class SpdyPool implements PodLink {
  private readonly pod: PodName;
  private readonly dial: () => Promise<SpdyConnection>;
  private readonly signal: AbortSignal;
  private readonly members = new Set<Member>();
  private opening = 0;
  private requests = 0;
  private failures = { count: 0, last: undefined as unknown };
  private change = settleable<void>();
  private retired = false;
  private trimmer: NodeJS.Timeout | undefined;

  /** `signal` ends what `dial` opens, and with that the pool. */
  constructor(pod: PodName, dial: () => Promise<SpdyConnection>, signal: AbortSignal) {
    this.pod = pod;
    this.dial = dial;
    this.signal = signal;
    onAbort(signal, () => {
      this.retired = true;
      clearTimeout(this.trimmer);
      this.changed();
    });
  }

  connectNow(remotePort: number): PodConnection | undefined {
    const member = this.take();
    return member && this.pairIn(member, remotePort);
  }

  async connect(remotePort: number): Promise<PodConnection> {
    return this.pairIn(this.take() ?? (await this.waitForMember()), remotePort);
  }

  /** Opens a connection for whoever comes next, if there is none. */
  warm(): void {
    if (this.members.size === 0 && this.opening === 0) this.openMember();
  }

  retire(): void {
    this.retired = true;
    for (const member of this.members) if (member.free) member.connection.close();
  }

  private pairIn(member: Member, remotePort: number): PodConnection {
    if (!this.retired && !this.hasFree()) this.openMember();
    const requestId = String((this.requests += 1));
    return new PortPair(member.connection, this.pod, remotePort, requestId, {
      rest: (isClean) => this.rest(member, isClean),
      over: () => this.over(member),
    });
  }

  /** Claims a free connection that is known to be alive; of several the one used last, so that the others can be let go. */
  private take(): Member | undefined {
    let best: Member | undefined;
    for (const member of this.members) {
      if (!member.free || !member.connection.usable || !isFresh(member)) continue;
      if (best === undefined || member.freeSince > best.freeSince) best = member;
    }
    return best && claimed(best);
  }

  private async waitForMember(): Promise<Member> {
    for (let seen = this.failures.count; ;) {
      this.signal.throwIfAborted();
      const member = this.take() ?? this.shared();
      if (member) return member;
      const stale = [...this.members].find((one) => one.free && one.connection.usable && !isFresh(one));
      if (stale) {
        stale.free = false;
        void this.prove(stale);
      } else if (this.failures.count > seen) {
        throw this.failures.last;
      } else if (this.opening < maxOpening) this.openMember();
      seen = this.failures.count;
      await this.change.promise;
    }
  }

  /** When there are enough connections, claims the one with the fewest users, none of which is behind. */
  private shared(): Member | undefined {
    if (this.members.size < maxMembers) return undefined;
    let best: Member | undefined;
    for (const member of this.members) {
      const { connection } = member;
      if (!connection.usable || connection.isStalled) continue;
      if (best === undefined || member.active < best.active) best = member;
    }
    return best && claimed(best);
  }

  private hasFree(): boolean {
    for (const { free } of this.members) if (free) return true;
    return this.opening > 0;
  }

  private openMember(): void {
    if (this.members.size + this.opening >= maxMembers) return;
    this.opening += 1;
    void this.dial()
      .then(
        (connection) => this.add(connection),
        (error: unknown) => (this.failures = { count: this.failures.count + 1, last: error }),
      )
      .finally(() => {
        this.opening -= 1;
        this.changed();
      });
  }

  private add(connection: SpdyConnection): void {
    if (this.signal.aborted) return connection.close();
    const member: Member = { connection, active: 0, free: true, freeSince: performance.now(), isClean: true };
    this.members.add(member);
    void connection.closed.then((failure) => {
      this.members.delete(member);
      if (failure) this.failures = { count: this.failures.count, last: failure };
      this.changed();
    });
    this.trim();
  }

  /** One of its users will send nothing more. */
  private rest(member: Member, isClean: boolean): void {
    member.active -= 1;
    member.isClean &&= isClean;
    if (member.active > 0) return;
    if (member.isClean) this.release(member);
    else void this.prove(member);
  }

  /** One of its users is gone altogether. */
  private over(member: Member): void {
    if (member.active === 0 && (!member.free || this.retired)) void this.prove(member);
  }

  /**
   * Frees a connection as soon as nothing that was sent is under way in it any more. One that cannot show that in time is closed, unless somebody still
   * listens to it.
   */
  private async prove(member: Member): Promise<void> {
    const { connection } = member;
    const quiet = connection.quiet();
    const inTime = await Promise.race([quiet, sleep(proofMs).then(() => false)]);
    const unused = member.active === 0 && connection.size === 0;
    if (unused && (!inTime || this.retired)) connection.close();
    if (!inTime || member.active > 0) return;
    member.isClean = true;
    this.release(member);
  }

  private release(member: Member): void {
    if (member.free || this.retired || !member.connection.usable) return;
    member.free = true;
    member.freeSince = performance.now();
    this.changed();
    this.trim();
  }

  private changed(): void {
    const { resolve } = this.change;
    this.change = settleable<void>();
    resolve();
  }

  /** Closes what has not been used for long, now and whenever the next falls due. */
  private trim(): void {
    clearTimeout(this.trimmer);
    const now = performance.now();
    const free = [...this.members].filter((one) => one.free).sort((a, b) => b.freeSince - a.freeSince);
    let next = Infinity;
    for (const [index, { connection, freeSince }] of free.entries()) {
      const left = freeSince + (index === 0 ? lastSpareMs : spareMs) - now;
      if (left <= 0) connection.close();
      else next = Math.min(next, left);
    }
    if (next < Infinity) this.trimmer = setTimeout(() => this.trim(), next + 10).unref();
  }
}

function claimed(member: Member): Member {
  member.active += 1;
  member.free = false;
  return member;
}

function isFresh({ connection }: Member): boolean {
  return performance.now() - connection.lastReceived < freshMs;
}
