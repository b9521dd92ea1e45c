import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { CLI } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

/** A name server that hears what is asked and never answers. It ends with its input. */
const deaf = `require('node:dgram').createSocket('udp4').on('message', () => console.log('asked')).bind(53, '127.9.9.9', () => require('node:fs').writeFileSync('listens', ''));
process.stdin.on('end', () => process.exit()).resume()`;
const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'n' } }],
  clusters: [{ name: 'c', cluster: { server: 'https://cluster.example.com:6443' } }],
  users: [{ name: 'u', user: { token: 't' } }],
});
const inside = ['--mount', '--net', 'bash', '-c'];

const cannot = spawnSync('unshare', [...inside, 'ip link set lo up']).status !== 0;
if (cannot) console.warn('Skipped: a name server that does not answer needs unshare with its rights, and ip');

it.skipIf(cannot).each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a command that asks a name server without an answer is ended by %s',
  async (signal) => {
    const resolve = 'nameserver 127.9.9.9\noptions timeout:30 attempts:1\n';
    await using project = await makeProject({ 'resolv.conf': resolve, 'deaf.cjs': deaf, kubeconfig });
    const script = `ip link set lo up
mount --bind resolv.conf /etc/resolv.conf
"$0" deaf.cjs <&0 &
until [ -e listens ]; do sleep 0.05; done
exec "$0" "$1" logs`;
    const env = { ...process.env, KUBECONFIG: project.path('kubeconfig') };
    const child = spawn('unshare', [...inside, script, process.execPath, CLI], { cwd: project.dir, env });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    try {
      await until('the question', () => said.includes('asked'));
      const exit = once(child, 'exit');
      child.kill(signal);
      // By the signal itself, which shells tell as 128 + its number: an end with a code would wait for the answer.
      expect(await exit).toEqual([null, signal]);
      expect(said).not.toContain('error');
    } finally {
      child.stdin.end();
      child.kill('SIGKILL');
    }
  },
);
