/** What is known at one moment of the connection that is listened to. */
export interface Beat {
  /** `Date.now()`, which goes on while the machine sleeps. */
  wallMs: number;
  /** `performance.now()`, which on most systems does not. */
  monoMs: number;
  /** Something has come from the server since the last beat, on whichever connection. */
  heard: boolean;
}

export interface Pulse {
  readonly wallMs: number;
  readonly monoMs: number;
  /** How many beats in a row brought nothing. */
  readonly silent: number;
  /** When the next beat is due, after this one. */
  readonly dueMs: number;
}

export interface PulseStep {
  readonly pulse: Pulse;
  readonly act: 'ping' | 'gone';
  /** The machine or the process stood still for so long. */
  readonly sleptMs?: number | undefined;
}

/** Every 5 s a ping: with its answer about 100 bytes, 1.2 kB a minute. */
const calmMs = 5000;
/**
 * Once one was not answered it is looked at closer, so that a dead connection is known after 6 to 11 s: the ping that finds it is at most 5 s away, and
 * has 6 s. After a sleep most connections are dead: two seconds are enough for those that are not.
 */
const alertMs = 1000;
const patience = 2;
/** A beat that is later than this was not delayed by work alone. */
const lateMs = 5000;

export function newPulse({ monoMs, wallMs }: Pick<Beat, 'monoMs' | 'wallMs'>): Pulse {
  return { wallMs, monoMs, silent: 0, dueMs: calmMs };
}

/**
 * Judges a beat. Silence is counted in beats, not in time: while this process stood still it could not hear anything. What came meanwhile must have
 * been read when a beat is judged.
 */
export function beat(before: Pulse, { heard, monoMs, wallMs }: Beat): PulseStep {
  const passed = Math.max(monoMs - before.monoMs, wallMs - before.wallMs);
  const now = { wallMs, monoMs };
  if (passed > before.dueMs + lateMs) {
    const pulse = { ...now, silent: 0, dueMs: alertMs };
    return { pulse, act: 'ping', sleptMs: passed - before.dueMs };
  }
  if (heard) return { pulse: newPulse(now), act: 'ping' };
  const silent = before.silent + 1;
  const pulse = { ...now, silent, dueMs: alertMs };
  return { pulse, act: silent >= patience ? 'gone' : 'ping' };
}
