import type { Invocation } from '../commands/command.js';

/** Why a run was told to stop; `exitCode` is what shells expect for a signal (128 + its number). */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(by: string, exitCode: number) {
    super(`stopped by ${by}`);
    this.exitCode = exitCode;
  }
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * For the end of `process`, with that code. A name server that does not answer would hold that up for as long as it is asked (10 s and more), for Node
 * waits for its threads: then the signal that means the same ends the process. Source: uv_library_shutdown in
 * https://github.com/libuv/libuv/blob/v1.x/src/threadpool.c
 */
export function endDuringLookup(code: number): void {
  const name = (Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]).find((one) => SIGNALS[one] === code);
  if (name === undefined || !process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) return;
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}

/**
 * What Ctrl-C and termination do: abort `signal` with {@link Interrupted}, or what `divertSignals` says. `signal` aborts as well with `output`. The
 * second Ctrl-C does not wait for a clean end: it calls `exit`.
 */
export function interrupts(
  output: AbortSignal,
  exit: (code: number) => void,
): Pick<Invocation, 'signal' | 'divertSignals'> {
  const controller = new AbortController();
  let diverted: ((name: NodeJS.Signals) => void) | undefined;
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (diverted) return diverted(name as keyof typeof SIGNALS);
      if (controller.signal.aborted && name === 'SIGINT') return exit(code);
      controller.abort(new Interrupted(name, code));
    });
  }
  const divertSignals: Invocation['divertSignals'] = (to) => {
    diverted = to;
    return {
      [Symbol.dispose]() {
        diverted = undefined;
      },
    };
  };
  return { signal: AbortSignal.any([controller.signal, output]), divertSignals };
}
