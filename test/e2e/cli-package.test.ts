import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { makeNamespace } from '../rig/cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { installPackage } from '../rig/installed.js';
import { startPod } from '../rig/pod.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

it('works against the cluster as it is installed, with its helper', async () => {
  await using namespace = await makeNamespace();
  await using installed = await installPackage();
  await startPod(namespace, { name: 'one', image: await pushedBusybox() });
  await using project = await makeProject({ 'greeting.txt': 'hello\n' });
  const place = ['-n', namespace.name, '--pod', 'one'];
  const entered = await installed.run(['enter', ...place, '--', 'echo', 'from inside'], project.dir);
  expect(entered.stdout).toBe('from inside\n');

  const sync = spawn(installed.command, ['sync', ...place, '--container-path', '/work'], {
    cwd: project.dir,
    env: installed.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  sync.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise((resolve) => sync.on('close', (code) => resolve(code)));
  try {
    await until('both sides are equal', () => stderr.includes('Press Ctrl-C to stop'));
    expect(await namespace.kubectl(['exec', 'one', '--', 'cat', '/work/greeting.txt'])).toBe('hello');
  } finally {
    sync.kill('SIGINT');
  }
  expect(await ended).toBe(0);
});
