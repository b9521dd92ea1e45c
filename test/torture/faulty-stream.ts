import { spawn } from 'node:child_process';
import { Transform, type TransformCallback } from 'node:stream';
import { Failure } from '../../src/base/failure.js';
import type { OpenProcess } from '../../src/sync/inject/inject.js';

/** What is done to the bytes between a session and its helper. */
export interface Line {
  open: OpenProcess;
  /** The connection breaks after so many more bytes, wherever in a frame that is. */
  cut(afterBytes: number): void;
  /** Nothing moves in either direction until `release`. */
  hold(): void;
  release(): void;
}

/** Runs the command here, as if it were the container, over a line that can be disturbed. */
export function faultyLine(cwd: string, env: NodeJS.ProcessEnv): Line {
  let left = Infinity;
  let broken: (() => void) | undefined;
  const waiting = new Set<() => void>();
  let held = false;

  const gate = () =>
    new Transform({
      transform(chunk: Buffer, _encoding, done: TransformCallback) {
        const forward = () => {
          const part = chunk.subarray(0, Math.max(0, left));
          left -= chunk.length;
          done(null, part);
          if (left <= 0) setImmediate(() => broken?.());
        };
        if (held) waiting.add(forward);
        else forward();
      },
    });

  return {
    open: async (command, signal) => {
      left = Infinity;
      const child = spawn(command[0] as string, command.slice(1), {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      child.stdin.on('error', () => undefined);
      const stdin = gate();
      const stdout = gate();
      stdin.pipe(child.stdin);
      child.stdout.pipe(stdout);
      const stderr = new Transform();
      stderr.end();
      let resolve: (code: number) => void = () => {};
      let reject: (error: unknown) => void = () => {};
      const exit = new Promise<number>((onCode, onError) => ([resolve, reject] = [onCode, onError]));
      exit.catch(() => {});
      const end = () => {
        reject(new Failure({ code: 'STREAM_LOST', message: 'The connection was lost.' }));
        child.stdin.destroy();
        child.stdout.destroy();
        stdin.destroy();
        stdout.end();
      };
      broken = end;
      signal.addEventListener('abort', end, { once: true });
      child.on('error', reject);
      child.on('close', (code) => (code === null ? end() : resolve(code)));
      return {
        stdin,
        stdout,
        stderr,
        exit,
        [Symbol.asyncDispose]: async () => end(),
      };
    },
    cut(afterBytes) {
      left = afterBytes;
      if (afterBytes === 0) broken?.();
    },
    hold: () => void (held = true),
    release() {
      held = false;
      for (const forward of waiting) forward();
      waiting.clear();
    },
  };
}
