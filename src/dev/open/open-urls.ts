import { sleep } from '../../base/abort.js';
import type { Emit } from '../../report/events.js';

const RETRY_MS = 500;
const REQUEST_MS = 5_000;
const GIVE_UP_MS = 240_000;

/** A URL in a browser; resolves when the browser was started, rejects when there is none. */
export type OpenBrowser = (url: string) => Promise<void>;

/**
 * Opens each URL once as soon as its application answers: any answer but 502 and 503, which gateways give while nothing is behind them.
 * There is nothing to watch on a foreign HTTP server, so this asks twice a second, for at most four minutes. Never rejects.
 */
export async function openUrls(
  urls: readonly string[],
  openBrowser: OpenBrowser,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    urls.map(async (url) => {
      emit({ type: 'open', url, state: 'waiting' });
      try {
        if (!(await answers(url, signal))) return emit({ type: 'open', url, state: 'gave-up' });
        await openBrowser(url);
        emit({ type: 'open', url, state: 'opened' });
      } catch {
        if (signal.aborted) return;
        emit({
          type: 'warning',
          code: 'OPEN_FAILED',
          text: 'No browser could be started',
          subject: url,
          hint: `open ${url} yourself`,
        });
      }
    }),
  );
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + GIVE_UP_MS;
  while (performance.now() < end) {
    try {
      const response = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
      });
      await response.body?.cancel();
      if (response.status !== 502 && response.status !== 503) return true;
    } catch {
      signal.throwIfAborted();
    }
    await sleep(RETRY_MS, signal);
  }
  return false;
}
