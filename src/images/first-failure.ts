/**
 * Runs `work` for each item, at most `limit` at once, in order of the list. The first failure aborts the signal the others were given; once all
 * have ended it is thrown. What the others throw while they are being stopped is only an echo of it.
 */
export async function eachUntilFailure<Item>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const queue = items.values();
  let failed: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (both.aborted) return;
      try {
        await work(item, both);
      } catch (error) {
        failed ??= { error };
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
  signal?.throwIfAborted();
  if (failed) throw failed.error;
}
