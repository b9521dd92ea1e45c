import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../src/base/failure.js';

/** Waits until `fact` holds; `giveUp` may throw earlier, with the reason why it never will. */
export async function waitFor(
  what: string,
  seconds: number,
  fact: () => Promise<boolean>,
  giveUp: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await fact().catch(() => false)) return;
    await giveUp();
    if (Date.now() > end) {
      throw new Failure({ code: 'CLUSTER_TIMEOUT', message: `${what} did not happen within ${seconds} s` });
    }
    await delay(50);
  }
}
