import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8's full garbage collection, to be called by hand; it does nothing where it cannot be had. What it takes grows with what is in use: 10 ms for 8 MiB. */
export function collector(): () => void {
  // A new context has `gc` once it is exposed: https://nodejs.org/api/v8.html#v8setflagsfromstringflags
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('globalThis.gc') as (() => void) | undefined;
  // Code that is kept for the next run (src/start) is refused there when it was kept under other flags.
  setFlagsFromString('--no-expose-gc');
  return () => collect?.();
}
