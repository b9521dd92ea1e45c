/**
 * Puts a terminal into raw mode, so that every key reaches the container; disposing restores it. Without a terminal this does nothing.
 */
export function rawMode(stdin: NodeJS.ReadStream): Disposable {
  const raw = stdin.isTTY && typeof stdin.setRawMode === 'function';
  if (raw) stdin.setRawMode(true);
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
