import type { Socket } from 'node:net';

/** What is done to the bytes of one direction. Shared by all connections of a proxy and changed while they run. */
export interface Faults {
  held: boolean;
  delayMs: number;
}

export interface FaultPipe {
  /** To be called when `held` or `delayMs` has changed. */
  wake(): void;
}

/** As much may be on its way before the sender is told to wait. */
const WINDOW = 4 * 1024 * 1024;

/** One direction of a connection: bytes leave in the order they came, each no earlier than its delay. */
export function faultPipe(
  from: Socket,
  to: Socket,
  faults: Faults,
  onForward: (bytes: number) => void,
  stranded: { readonly is: boolean } = { is: false },
): FaultPipe {
  const queue: { due: number; chunk: Buffer | undefined }[] = [];
  let queued = 0;
  let timer: NodeJS.Timeout | undefined;
  let congested = false;

  const wake = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (let head = queue[0]; head && mayForward(); head = queue[0]) {
      const wait = head.due - performance.now();
      if (wait > 0) {
        timer = setTimeout(wake, wait);
        break;
      }
      queue.shift();
      forward(head.chunk);
    }
    if (queued < WINDOW) from.resume();
  };

  const mayForward = (): boolean => !faults.held && !stranded.is && !congested;

  const forward = (chunk: Buffer | undefined): void => {
    if (!chunk) {
      to.end();
      return;
    }
    queued -= chunk.length;
    onForward(chunk.length);
    congested = !to.write(chunk);
  };

  const enqueue = (chunk: Buffer | undefined): void => {
    queue.push({ due: performance.now() + faults.delayMs, chunk });
    queued += chunk?.length ?? 0;
    if (queued >= WINDOW) from.pause();
    wake();
  };

  from.on('data', enqueue);
  from.on('end', () => enqueue(undefined));
  from.on('close', () => clearTimeout(timer));
  to.on('drain', () => {
    congested = false;
    wake();
  });
  return { wake };
}
