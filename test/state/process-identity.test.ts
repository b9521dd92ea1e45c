import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isRunning, startOf } from '../../src/state/process-identity.js';

describe('isRunning', () => {
  it('knows this process, and takes no other for it', () => {
    expect(isRunning(process.pid, startOf(process.pid))).toBe(true);
    expect(isRunning(process.pid, undefined)).toBe(true);
    expect(isRunning(2 ** 22 + 1, undefined)).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')(
    'takes neither another start nor a zombie for a process',
    async () => {
      expect(isRunning(process.pid, 'boot/1')).toBe(false);
      // `cat` knows nothing of the child it has inherited from the shell, and does not collect it.
      const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec cat'], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const ended = once(parent, 'exit');
      try {
        const [number] = (await once(parent.stdout, 'data')) as [Buffer];
        const pid = Number(number.toString());
        const started = startOf(pid);
        expect(isRunning(pid, started)).toBe(true);
        // Once the shell is cat: before that it would collect it.
        parent.stdin.write('echo\n');
        await once(parent.stdout, 'data');
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => isRunning(pid, started)).toBe(false);
        expect(() => process.kill(pid, 0)).not.toThrow();
      } finally {
        parent.stdin.end();
        await ended;
      }
    },
  );
});
