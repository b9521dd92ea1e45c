import { sleep } from '../../src/base/abort.js';

/**
 * Asks until `probe` returns something other than false, null or undefined, for facts that nothing announces. Throws, with the last error,
 * when that did not happen in time, or when the probe does not come back.
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  ms = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + ms;
  let last: unknown;
  const over = new AbortController();
  const hanging = sleep(ms + 10_000, over.signal).then(() => {
    throw new Error(`${what}: not within ${ms} ms, and nothing answers the last question`, { cause: last });
  });
  hanging.catch(() => {});
  try {
    for (;;) {
      try {
        const value = await Promise.race([probe(), hanging]);
        if (value !== undefined && value !== null && value !== false) return value;
      } catch (error) {
        last = error;
      }
      if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`, { cause: last });
      await sleep(25);
    }
  } finally {
    over.abort();
  }
}
