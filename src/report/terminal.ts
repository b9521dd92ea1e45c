import { fstatSync } from 'node:fs';

type Stream = NodeJS.WritableStream & { isTTY?: boolean; fd?: number };

/** Whether both streams are the same terminal. What is written to both then has to go through one of them, or it gets out of order. */
export function isSameTerminal(one: Stream, other: Stream): boolean {
  if (!one.isTTY || !other.isTTY || one.fd === undefined || other.fd === undefined) return false;
  try {
    return fstatSync(one.fd).rdev === fstatSync(other.fd).rdev;
  } catch {
    return false;
  }
}

/**
 * Makes writes to a terminal wait in a queue while it takes nothing, as writes to a pipe do. Node lets them stop the whole process: somebody who
 * presses Ctrl-S, or a slow ssh, would stop sync and forwards, too. (Node's own handle, as nobody else can: libuv has opened the terminal anew for
 * itself, so no other process is concerned.)
 */
export function queueWrites(stream: Stream): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (blocking: boolean) => unknown } };
  if (stream.isTTY) handle?.setBlocking?.(false);
}
