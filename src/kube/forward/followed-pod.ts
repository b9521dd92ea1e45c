import { sleep } from '../../base/abort.js';
import { Failure } from '../../base/failure.js';
import { settleable } from '../../base/settleable.js';
import { kubectl } from '../api/api-failure.js';
import type { Kube } from '../kube.js';
import type { Pod } from '../api/objects.js';
import type { TargetSelector } from '../select/target-choice.js';
import { isPassing } from '../api/watch.js';
import { choosePod, type PodChoice } from './pod-choice.js';
import type { WayToPod } from './pod-connection.js';

export interface FollowedPodOptions<Way extends WayToPod = WayToPod> {
  selector: TargetSelector;
  /** How long a connection waits for a pod that is Ready. Default 30 s. */
  waitMs?: number | undefined;
  /** Connections go to this pod from now on, or to none. */
  onPod?: ((pod: string | undefined) => void) | undefined;
  /** The way into a pod, which is kept until the pod is gone. */
  wayTo: (pod: Pod) => Way;
  /** What runs is good enough, Ready or not. */
  running?: boolean | undefined;
  signal: AbortSignal;
}

/** How long a pod may run without being Ready until connections go there all the same. */
const unreadyMs = 10_000;
export const defaultWaitMs = 30_000;
/** Who used it this lately is likely to use it again. */
const recentMs = 60_000;
const retryMs = 1000;

/**
 * The way to whichever pod of a selector is the newest that is Ready, from a watch. Connections that a pod has stay there when another takes its
 * place. The signal ends it, and breaks all of them.
 */
export class FollowedPod<Way extends WayToPod = WayToPod> {
  private readonly kube: Kube;
  private readonly options: FollowedPodOptions<Way>;
  private readonly links = new Map<string, Way>();
  private readonly following: Promise<void>;
  private choice: PodChoice = { ready: undefined, running: undefined };
  /** Since when the newest running pod has been seen running without being Ready. */
  private unready: { uid: string; since: number } | undefined;
  private change = settleable<void>();
  private failure: unknown;
  private told: string | undefined;
  private lastUse = -Infinity;

  constructor(kube: Kube, options: FollowedPodOptions<Way>) {
    this.kube = kube;
    this.options = options;
    this.following = this.follow();
  }

  /** Whether connections can be made now. */
  get current(): Way | undefined {
    const pod = this.choice.ready ?? (this.isOverdue() ? this.choice.running : undefined);
    return pod && this.linkTo(pod);
  }

  /**
   * The way to the pod, as soon as there is one. Throws POD_NOT_READY when there is none in time, the failure for which pods cannot be watched, and the
   * reason of either signal.
   */
  async link(signal: AbortSignal): Promise<Way> {
    const { selector, waitMs = defaultWaitMs } = this.options;
    this.lastUse = performance.now();
    for (const end = performance.now() + waitMs; ;) {
      signal.throwIfAborted();
      const { current } = this;
      if (current) return current;
      if (this.failure && !isPassing(this.failure)) throw this.failure;
      const left = end - performance.now();
      if (left <= 0) break;
      const overdue = this.unready ? this.unready.since + unreadyMs - performance.now() : Infinity;
      await this.changed(Math.min(left, Math.max(overdue, 0)), signal);
    }
    const namespace = selector.namespace || this.kube.namespace;
    throw new Failure({
      code: 'POD_NOT_READY',
      message: `No pod was ready within ${Math.round(waitMs / 1000)} s, so the connection could not be made`,
      subject: namespace,
      hint: kubectl(this.kube, `get pods -n ${namespace}`),
    });
  }

  /** Waits until connections go elsewhere than to `link`, or `ms` have passed. */
  async moved(link: WayToPod, ms: number, signal: AbortSignal): Promise<boolean> {
    for (const end = performance.now() + ms; ;) {
      signal.throwIfAborted();
      if (this.current !== link) return true;
      const left = end - performance.now();
      if (left <= 0) return false;
      await this.changed(left, signal);
    }
  }

  /** Resolves when it follows no longer, which it does until the signal aborts. */
  async ended(): Promise<void> {
    await this.following;
  }

  private async follow(): Promise<void> {
    const { selector, signal } = this.options;
    while (!signal.aborted) {
      try {
        for await (const pods of this.kube.pods.follow(selector, signal)) this.see(pods);
      } catch (error) {
        if (signal.aborted) return;
        this.failure = error;
        this.tell();
        // What was known goes on to be used.
        if (!isPassing(error)) return;
        await this.kube.network.pause(retryMs, signal).catch(() => {});
      }
    }
  }

  private see(pods: ReadonlyMap<string, Pod>): void {
    this.failure = undefined;
    this.choice = choosePod(pods.values(), this.options.selector);
    if (this.options.running) this.choice = { ...this.choice, ready: this.choice.running };
    const { ready, running } = this.choice;
    const uid = running?.metadata.uid;
    if (ready || uid === undefined) this.unready = undefined;
    else if (this.unready?.uid !== uid) this.unready = { uid, since: performance.now() };
    for (const [known, link] of this.links) {
      if (known !== (ready ?? running)?.metadata.uid) link.retire();
      if (!pods.has(known)) this.links.delete(known);
    }
    if (ready && performance.now() - this.lastUse < recentMs) this.linkTo(ready).warm();
    this.tell();
  }

  private isOverdue(): boolean {
    return this.unready !== undefined && performance.now() - this.unready.since >= unreadyMs;
  }

  private linkTo(pod: Pod): Way {
    const { uid } = pod.metadata;
    const link = this.links.get(uid) ?? this.options.wayTo(pod);
    this.links.set(uid, link);
    return link;
  }

  private tell(): void {
    const name = this.current?.pod.name;
    if (name !== this.told) this.options.onPod?.(name);
    this.told = name;
    const { resolve } = this.change;
    this.change = settleable<void>();
    resolve();
  }

  private async changed(ms: number, signal: AbortSignal): Promise<void> {
    const timer = new AbortController();
    const either = AbortSignal.any([signal, timer.signal]);
    try {
      await Promise.race([this.change.promise, sleep(ms, either)]);
    } finally {
      timer.abort();
    }
  }
}
