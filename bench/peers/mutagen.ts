import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeTemporary } from '../site.js';
import type { SyncSubject } from '../subject.js';

const program = fileURLToPath(new URL('./mutagen-session.mjs', import.meta.url));

/**
 * mutagen at `binary` between two folders of this machine, with its own defaults. Both ends run in its daemon, which is started here, keeps its data in
 * a folder of its own, and is stopped when disposed.
 */
export async function mutagen(binary: string): Promise<SyncSubject & AsyncDisposable> {
  const data = makeTemporary('mutagen');
  const env = { MUTAGEN_DATA_DIRECTORY: data };
  const daemon = spawn(binary, ['daemon', 'run'], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const ended = new Promise((resolve) => daemon.on('exit', resolve).on('error', resolve));
  return {
    name: 'mutagen',
    // It looks for changes every 10 s: one round takes long and more tell nothing new.
    rounds: 1,
    daemon: daemon.pid,
    sync: ({ local, remote }) => ({
      argv: [process.execPath, program, binary, local, remote],
      env,
      isBegun: (line) => line === 'begin',
      isReady: (line) => line === 'ready',
    }),
    async [Symbol.asyncDispose]() {
      await execa(binary, ['sync', 'terminate', '--all'], { env, reject: false });
      daemon.kill();
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
