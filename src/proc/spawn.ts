import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { endGroup, groupExists, killAction } from './process-group.js';
import { startFailure } from './start-failure.js';

export interface ChildOptions {
  readonly cwd?: string | undefined;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** On Windows, arguments as they are: cmd.exe has rules of its own for quotes. */
  readonly verbatim?: boolean | undefined;
}

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running child that leads a process group of its own. */
export interface Child {
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process itself is gone; its output may still be on the way. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Ends the whole group and waits for that; SIGKILL after 5 s. May be called at any time, and again. */
  end(): Promise<void>;
}

/**
 * Starts a program, never through a shell. `input` is a text for its stdin, `'open'` leaves stdin to the caller, undefined gives it none.
 * The child leads a process group, so a Ctrl-C in the terminal reaches only us and we end everything in our own order; should this process
 * exit first, the group is killed with it. Failures: TOOL_NOT_FOUND, TOOL_NOT_STARTED.
 *
 * Not execa: with `buffer: false` it reads streams that nobody reads yet and drops what it read (its io/contents.js), so a child could not be
 * held back.
 */
export async function spawnChild(
  command: string,
  args: readonly string[],
  { cwd, env, verbatim = false }: ChildOptions,
  input: { text: string } | 'open' | undefined,
): Promise<Child> {
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    });
    if (child.pid === undefined) await once(child, 'spawn');
  } catch (error) {
    throw startFailure(command, error, cwd);
  }
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || !stdout || !stderr) throw new Error('a started child has a number and output');
  // Later errors are about signals and messages, which are not sent this way.
  child.on('error', () => {});
  // EPIPE: the child stopped reading. What that means its exit code tells.
  stdin?.on('error', () => {});
  if (typeof input === 'object') stdin?.end(input.text);
  const exited: Promise<Exit> = once(child, 'exit').then(([code, signal]) => ({ code, signal }));

  const killNow = (): void => {
    const action = killAction(process.platform, pid, true);
    if (action.type === 'signal') process.kill(action.pid, action.signal);
  };
  process.once('exit', killNow);
  void exited.then(() => process.off('exit', killNow));

  // Looked at once, right at the end: later the number may belong to somebody else.
  let anybodyLeft = true;
  void exited.then(() => (anybodyLeft = groupExists(pid)));
  let ended: Promise<void> | undefined;
  return {
    pid,
    stdin,
    stdout,
    stderr,
    exited,
    end: () => (ended ??= anybodyLeft ? endGroup(pid, exited) : Promise.resolve()),
  };
}
