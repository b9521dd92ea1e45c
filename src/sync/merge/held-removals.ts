import { parentsOf } from '../core/path.js';
import type { Action } from '../core/action.js';
import { removalsDueIn } from '../core/safety.js';

/**
 * Holds removals back until they have stopped coming, so that a tree that is being wiped is recognised before half of it is carried over
 * (core/safety.ts has the rule). `wake` is called when they may be due. Everything that depends on a held removal is held with it.
 */
export class HeldRemovals implements Disposable {
  readonly #wake: () => void;
  readonly #paths = new Set<string>();
  #first = 0;
  #last = 0;
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  get size(): number {
    return this.#paths.size;
  }

  isDue(known: number): boolean {
    if (this.#paths.size === 0) return false;
    return this.#dueIn(known) === 0;
  }

  /** The held paths, to be planned again with removals allowed. */
  release(): string[] {
    const paths = [...this.#paths];
    this.#paths.clear();
    this.#notBefore = 0;
    clearTimeout(this.#timer);
    return paths;
  }

  /** Takes removals out of a plan, with the changes of directories above them; gives back the rest. Nothing is due for `atLeastMs`. */
  hold(actions: readonly Action[], known: number, atLeastMs = 0): Action[] {
    const held = new Set<string>();
    for (const action of actions) {
      if (action.do !== 'remove' || action.replaced) continue;
      held.add(action.path);
      for (const parent of parentsOf(action.path)) held.add(parent);
    }
    if (held.size === 0) return [...actions];
    const now = performance.now();
    this.#notBefore = Math.max(this.#notBefore, now + atLeastMs);
    const rest: Action[] = [];
    for (const action of actions) {
      const isTaken = held.has(action.path) && ['remove', 'file', 'symlink'].includes(action.do);
      if (!isTaken) {
        rest.push(action);
        continue;
      }
      if (this.#paths.size === 0) this.#first = now;
      if (!this.#paths.has(action.path)) this.#last = now;
      this.#paths.add(action.path);
    }
    this.#arm(known);
    return rest;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** A timer may fire early, since it counts from when the event loop last looked at the clock: it is set again until they are due. */
  #arm(known: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (this.isDue(known)) this.#wake();
        else if (this.#paths.size > 0) this.#arm(known);
      },
      this.#dueIn(known) + 1,
    );
  }

  #dueIn(known: number): number {
    const now = performance.now();
    const held = { count: this.#paths.size, first: this.#first, last: this.#last };
    return Math.max(removalsDueIn(held, known, now), this.#notBefore - now, 0);
  }
}
