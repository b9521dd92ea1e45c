/** Waits `ms`; ends early, with the signal's reason thrown, when the signal aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  // Loaded when it is needed: `--help` does without it.
  const { setTimeout: delay } = await import('node:timers/promises');
  try {
    await delay(ms, undefined, signal ? { signal } : undefined);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** True when `error` is only the echo of an aborted signal. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  if (signal?.aborted && error === signal.reason) return true;
  return error instanceof Error && error.name === 'AbortError';
}

/** `promise`, or the signal's reason thrown when it aborts before. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
