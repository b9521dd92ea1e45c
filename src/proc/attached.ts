import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { ChildOptions } from './spawn.js';
import { startFailure } from './start-failure.js';

/** A program that shares this process's terminal, streams and process group. */
export interface Attached {
  /** Its exit code as a shell gives it: 128 + n when signal n ended it. */
  readonly exitCode: Promise<number>;
  /** Passes a signal on. One that the terminal sends, such as that of Ctrl-C, has reached the program already. */
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a program in the foreground, as a shell would. It is not a group of its own: then it could not read from the terminal. Nothing is left to
 * close. Failures: TOOL_NOT_FOUND, TOOL_NOT_STARTED.
 */
export async function runAttached(
  command: string,
  args: readonly string[],
  { cwd, env, verbatim = false }: ChildOptions = {},
): Promise<Attached> {
  try {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: 'inherit',
      windowsVerbatimArguments: verbatim,
    });
    const exitCode = once(child, 'exit').then(([code, signal]: (number | NodeJS.Signals | null)[]) =>
      typeof code === 'number' ? code : 128 + (typeof signal === 'string' ? constants.signals[signal] : 0),
    );
    exitCode.catch(() => {});
    if (child.pid === undefined) await once(child, 'spawn');
    return { exitCode, kill: (signal) => void child.kill(signal) };
  } catch (error) {
    throw startFailure(command, error, cwd);
  }
}
