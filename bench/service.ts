import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ServiceCall } from './subject.js';

/** A tool that runs in the background. Disposing kills it when it still runs. */
export interface Service extends AsyncDisposable {
  /** `performance.now()` before the process was spawned. */
  readonly began: number;
  /** Milliseconds from the spawn until it said that it is ready. Rejects with the last lines when it ends before, or takes too long. */
  readonly ready: Promise<number>;
  /** SIGINT, and waits for its end. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

export function startService(call: ServiceCall): Service {
  const [program = '', ...args] = call.argv;
  const began = performance.now();
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
  const ready = new Promise<number>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${call.argv.join(' ')} ${what}:\n${last.join('\n')}`));
    const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (last.push(line) > 30) last.shift();
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
  return { began, ready, stop: () => end('SIGINT'), [Symbol.asyncDispose]: () => end('SIGKILL') };
}
