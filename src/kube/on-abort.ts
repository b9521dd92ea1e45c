import { setMaxListeners } from 'node:events';

/** Calls `listener` once when `signal` aborts; returns what takes it back. Many requests hang on one signal: Node's warning about that is off. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {};
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
