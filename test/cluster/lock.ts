import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * One cluster command at a time on this machine. An abstract socket is the lock: the kernel frees it with its process,
 * so a killed `up` leaves no stale lock to clean.
 */
export async function withClusterLock<T>(onWait: () => void, run: () => Promise<T>): Promise<T> {
  let told = false;
  for (;;) {
    const server = createServer();
    try {
      server.listen('\0devspace-test-cluster');
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (!told) onWait();
      told = true;
      await delay(200);
      continue;
    }
    try {
      return await run();
    } finally {
      server.close();
    }
  }
}
