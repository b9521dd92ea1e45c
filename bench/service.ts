import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ServiceCall } from './subject.js';

/** A tool that runs in the background. Disposing kills it when it still runs. */
export interface Service extends AsyncDisposable {
  readonly pid: number;
  /** `performance.now()` from which its time counts: before the process was spawned, or later where the call says so. */
  readonly began: number;
  /** Milliseconds from then until it said that it is ready. Rejects with the last lines when it ends before, or takes too long. */
  readonly ready: Promise<number>;
  /** Resolves with the next line of output that fits. */
  line(fits: (line: string) => boolean): Promise<string>;
  /** SIGINT, and waits for its end. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

export function startService(call: ServiceCall): Service {
  const [program = '', ...args] = call.argv;
  let began = performance.now();
  const child = spawn(program, args, {
    cwd: call.cwd,
    env: { ...process.env, ...call.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve, reject) => {
    child.on('close', () => resolve());
    child.on('error', reject);
  });
  const last: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const ready = new Promise<number>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${call.argv.join(' ')} ${what}:\n${last.join('\n')}`));
    const withinMs = call.readyWithinMs ?? READY_WITHIN_MS;
    const timer = setTimeout(() => fail(`was not ready within ${withinMs} ms`), withinMs);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (last.push(line) > 30) last.shift();
        for (const listener of listeners) listener(line);
        if (call.isBegun?.(line)) began = performance.now();
        if (call.isReady(line)) {
          clearTimeout(timer);
          resolve(performance.now() - began);
        }
      });
    }
    const onEnd = () => {
      clearTimeout(timer);
      fail(`ended with ${child.signalCode ?? child.exitCode} before it was ready`);
    };
    exited.then(onEnd, onEnd);
  });
  ready.catch(() => undefined);
  exited.catch(() => undefined);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exited.finally(() => clearTimeout(timer));
  };
  return {
    pid: child.pid ?? 0,
    get began() {
      return began;
    },
    ready,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const listener = (line: string): void => {
          if (!fits(line)) return;
          listeners.delete(listener);
          resolve(line);
        };
        listeners.add(listener);
        const onEnd = (): void => reject(new Error(`${call.argv.join(' ')} ended:\n${last.join('\n')}`));
        exited.then(onEnd, onEnd);
      }),
    stop: () => end('SIGINT'),
    [Symbol.asyncDispose]: () => end('SIGKILL'),
  };
}
