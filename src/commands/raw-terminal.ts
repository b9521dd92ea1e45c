import { spawnSync } from 'node:child_process';

/**
 * Puts a terminal into raw mode, so that every key reaches the container and what comes from there is shown as it is; disposing restores it.
 * Without a terminal this does nothing.
 */
export function rawMode(stdin: NodeJS.ReadStream): Disposable {
  const raw = stdin.isTTY && typeof stdin.setRawMode === 'function';
  if (raw) {
    stdin.setRawMode(true);
    // Node's raw mode still makes CR LF of each LF, which the container's terminal has done already; editors mean LF alone. See uv_tty_set_mode.
    if (process.platform !== 'win32')
      spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
  }
  return {
    [Symbol.dispose]() {
      if (raw) stdin.setRawMode(false);
    },
  };
}

/** Calls `resize` whenever the terminal's size changes, until disposed. */
export function onResize(
  stdout: NodeJS.WriteStream,
  resize: (columns: number, rows: number) => void,
): Disposable {
  const listener = () => resize(stdout.columns, stdout.rows);
  stdout.on('resize', listener);
  return {
    [Symbol.dispose]() {
      stdout.off('resize', listener);
    },
  };
}
