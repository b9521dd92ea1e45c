import type { Emit, Stage } from '../../report/events.js';

/** Runs one stage of a pipeline between its events; a stage that fails is never told as finished. */
export async function inStage<T>(emit: Emit, stage: Stage, action: () => Promise<T>): Promise<T> {
  emit({ type: 'stage', stage, state: 'started' });
  const since = performance.now();
  const result = await action();
  emit({ type: 'stage', stage, state: 'finished', ms: performance.now() - since });
  return result;
}
