/**
 * `session.mjs LOCAL REMOTE STATE-DIR HELPER-DIR`: one sync between two folders of this machine, with the real helper as a child process. Tells on
 * stdout, a JSON value a line: `{"begin":true}` before it starts, `{"scanned":ms}` when both sides are listed, `{"ready":ms}` when they are equal, and
 * on SIGUSR2 `{"wire":{"up":bytes,"down":bytes}}`. Ends on SIGINT.
 */
import { spawn } from 'node:child_process';
import type { OpenProcess } from '../../src/sync/inject/inject.js';
import { startSync } from '../../src/sync/session.js';

const [localRoot = '', remoteRoot = '', stateDir = '', helperDir = ''] = process.argv.slice(2);
const tell = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const wire = { up: 0, down: 0 };
const stop = new AbortController();

const open: OpenProcess = async (command) => {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'pipe' });
  const exit = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === null ? reject(new Error('killed')) : resolve(code)));
  });
  const write = child.stdin.write.bind(child.stdin) as (chunk: Buffer | string) => boolean;
  child.stdin.write = (chunk: Buffer | string) => {
    wire.up += Buffer.byteLength(chunk);
    return write(chunk);
  };
  const push = child.stdout.push.bind(child.stdout);
  child.stdout.push = (chunk: Buffer | null) => {
    wire.down += chunk?.length ?? 0;
    return push(chunk);
  };
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exit.catch(() => {});
    },
  };
};

process.on('SIGUSR2', () => tell({ wire }));
process.on('SIGINT', () => stop.abort());

tell({ begin: true });
const began = performance.now();
const since = (): number => performance.now() - began;
await using session = await startSync({
  open,
  helperDir,
  localRoot,
  remoteRoot,
  remoteIdentity: 'here',
  stateDir,
  name: 'this machine',
  emit: (event) => {
    if (event.type === 'warning') process.stderr.write(`${JSON.stringify(event)}\n`);
  },
  signal: stop.signal,
});
tell({ scanned: since() });
await session.initialDone;
tell({ ready: since() });
await session.done;
