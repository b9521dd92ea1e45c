/**
 * Milliseconds to wait for the next multiple of `everyMs` on this process's clock, at least a quarter of it. What waits so wakes the process together
 * with everything else that does; when nothing happens, waking up is what costs.
 */
export function untilBeat(everyMs: number, nowMs = performance.now()): number {
  const left = everyMs - (nowMs % everyMs);
  // Timers are a little early at times, and one beat is not to become two.
  return left < everyMs / 4 ? left + everyMs : left;
}
