/**
 * The life of a session:
 *
 *     connecting ──> scanning ──> merging ──> watching
 *         │              │            │           │
 *         └──────────────┴──────┬─────┴───────────┘
 *                               ├──> halted    a failure ended it
 *                               └──> stopped   it was asked to end
 *
 * `connecting` brings the helper into the container; `scanning` lists both sides; `merging` makes them equal for the first time; `watching` follows
 * changes. `halted` and `stopped` are final. Anything else is a bug and throws.
 */
export type SessionPhase = 'connecting' | 'scanning' | 'merging' | 'watching' | 'halted' | 'stopped';

const next: Record<SessionPhase, readonly SessionPhase[]> = {
  connecting: ['scanning', 'halted', 'stopped'],
  scanning: ['merging', 'halted', 'stopped'],
  merging: ['watching', 'halted', 'stopped'],
  watching: ['halted', 'stopped'],
  halted: [],
  stopped: [],
};

export class SessionState {
  #phase: SessionPhase = 'connecting';

  is(...phases: SessionPhase[]): boolean {
    return phases.includes(this.#phase);
  }

  to(phase: SessionPhase): void {
    if (!next[this.#phase].includes(phase))
      throw new Error(`A sync session cannot go from ${this.#phase} to ${phase}.`);
    this.#phase = phase;
  }
}
