import { spawnSync } from 'node:child_process';
import type { TerminalModes } from './terminal-modes.js';

export interface RawTerminalOptions {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** What has to be switched off at the end. */
  modes: TerminalModes;
  /** Called when the size changes, and when a stopped devspace goes on: then everything has to be drawn anew. */
  resize: (columns: number, rows: number) => void;
}

/**
 * Puts the terminal into raw mode, so that every key reaches the container and what comes from there is shown as it is. Disposing restores it and
 * undoes the modes that are still on; so do the end of the process, however it comes (only SIGKILL leaves no chance), and a stop by a signal.
 */
export function rawTerminal({ stdin, stdout, modes, resize }: RawTerminalOptions): Disposable {
  let raw = false;
  const enter = (): void => {
    raw = true;
    stdin.setRawMode(true);
    // Node's raw mode still makes CR LF of each LF, which the container's terminal has done already; editors mean LF alone. See uv_tty_set_mode.
    if (process.platform !== 'win32')
      spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
  };
  const leave = (): void => {
    if (!raw) return;
    raw = false;
    const undo = modes.undo();
    if (undo !== '' && stdout.writable) stdout.write(undo);
    // Of a terminal that was closed there is nothing to restore.
    if (!stdin.destroyed) stdin.setRawMode(false);
  };
  const resized = (): void => resize(stdout.columns, stdout.rows);
  const quit = (): void => {
    leave();
    process.exit(131);
  };
  const stopped = (): void => {
    if (raw) stdin.setRawMode(false);
    process.kill(process.pid, 'SIGSTOP');
  };
  const goesOn = (): void => {
    if (!raw) return;
    // Whoever had the terminal in between left it in a mode of its own.
    stdin.setRawMode(false);
    enter();
    resized();
  };
  const listeners: [string, () => void][] = [
    ['exit', leave],
    // Before anyone prints about it.
    ['uncaughtExceptionMonitor', leave],
    ...(process.platform === 'win32'
      ? []
      : ([
          ['SIGQUIT', quit],
          ['SIGTSTP', stopped],
          ['SIGCONT', goesOn],
        ] satisfies [string, () => void][])),
  ];
  for (const [event, listener] of listeners) process.on(event, listener);
  stdout.on('resize', resized);
  enter();
  return {
    [Symbol.dispose]() {
      for (const [event, listener] of listeners) process.off(event, listener);
      stdout.off('resize', resized);
      leave();
    },
  };
}
