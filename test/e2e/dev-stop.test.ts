import { execa } from 'execa';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startFaultProxy } from '../cluster/index.js';
import { makeWebProject, type WebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace, REGISTRY } from '../rig/cluster.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { inContainer, syncLeftovers } from '../rig/container.js';
import { pushedBusybox } from '../rig/images.js';
import { isFree, isReady, startEvents, type MarkedCli } from '../rig/dev-run.js';
import { until } from '../rig/until.js';

/** Sends the signal and waits for the end, which has to come within `ms` and to leave no process and no port. */
async function stop(dev: MarkedCli, project: WebProject, signal: NodeJS.Signals, ms = 5000) {
  const since = performance.now();
  dev.child.kill(signal);
  const result = await dev.exited;
  expect(performance.now() - since).toBeLessThan(ms);
  expect(await dev.processes()).toEqual([]);
  expect(await isFree(project.port)).toBe(true);
  // Whoever pressed Ctrl-C knows what happened.
  expect(result.stderr).toBe('');
  return result;
}

describe('stopping devspace dev before it is ready', () => {
  it('during a build', async () => {
    await using namespace = await makeNamespace();
    const marker = randomBytes(6).toString('hex');
    const dockerfile = `FROM busybox:1\nRUN echo ${marker} && sleep 60\n`;
    await using project = await makeWebProject({ dockerfile });
    await using dev = startEvents(namespace, ['dev'], { cwd: project.dir });
    const containers = async () =>
      (await execa('docker', ['ps', '--no-trunc', '--format', '{{.Command}}'])).stdout;
    await until('the build step', async () => (await containers()).includes(marker));
    expect((await stop(dev, project, 'SIGINT')).code).toBe(130);
    await until('the end of the build', async () => !(await containers()).includes(marker));
  });

  // Only a registry on this machine may be spoken to without TLS, and so through a proxy under another name.
  const [host = '', port = ''] = REGISTRY.split(':');
  const isLocal = host === '127.0.0.1' && port !== '';
  if (!isLocal)
    console.warn(`Skipped: stopping during a push needs a registry on 127.0.0.1, not ${REGISTRY}`);
  it.skipIf(!isLocal)('during a push, and at once when it is asked twice', async () => {
    await using namespace = await makeNamespace();
    await using proxy = await startFaultProxy({ target: { host, port: Number(port) } });
    proxy.hold();
    const repository = `127.0.0.1:${proxy.port}/e2e-${randomBytes(4).toString('hex')}`;
    await using project = await makeWebProject({ repository });
    await using dev = startEvents(namespace, ['dev'], { cwd: project.dir });
    await dev.event(ofType('image', ({ state }) => state === 'pushing'));
    await until('the push', () => proxy.connections() > 0);
    dev.child.kill('SIGINT');
    expect((await stop(dev, project, 'SIGINT', 1000)).code).toBe(130);
  });

  it('while the API server does not answer kubectl', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    await using cluster = await faultyCluster(project);
    const { proxy, KUBECONFIG } = cluster;
    await using dev = startEvents(namespace, ['dev'], { cwd: project.dir, env: { KUBECONFIG } });
    await dev.event(ofType('deployment'));
    proxy.hold();
    expect((await stop(dev, project, 'SIGTERM')).code).toBe(143);
  });

  it('while the pod is not there yet', async () => {
    await using namespace = await makeNamespace();
    const container = `      initContainers:
        - { name: wait, image: "${await pushedBusybox()}", command: [sleep, "1000"] }
`;
    await using project = await makeWebProject({ container });
    await using dev = startEvents(namespace, ['dev'], { cwd: project.dir });
    await dev.event(ofType('waiting', ({ text }) => text.includes('Init:0/1')));
    expect((await stop(dev, project, 'SIGINT')).code).toBe(130);
  });

  it('during a large first sync, which the next run completes', async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject({
      dockerfile: 'FROM busybox:1\nWORKDIR /app\nCMD ["sleep", "1000"]\n',
    });
    await project.write('.dockerignore', 'www\n');
    const content = 'x'.repeat(2000);
    const names = Array.from({ length: 3000 }, (_, index) => `d${index % 30}/f${index}`);
    await Promise.all(names.map((name) => project.write(`www/${name}`, `${name} ${content}`)));
    {
      await using dev = startEvents(namespace, ['dev'], { cwd: project.dir });
      await dev.event(ofType('sync-change'));
      expect((await stop(dev, project, 'SIGINT')).code).toBe(130);
      expect(dev.events().some(isReady)).toBe(false);
    }
    expect(await syncLeftovers(namespace, 'deploy/web')).toBe('');
    // No half a file, on neither side.
    const sizes =
      "find /app -name 'f*' -type f -exec wc -c {} + | grep -v total | awk '{ print $1 }' | sort -u";
    expect(
      (await inContainer(namespace, 'deploy/web', sizes))
        .split('\n')
        .map(Number)
        .every((size) => size > 2000),
    ).toBe(true);
    await using dev = startEvents(namespace, ['dev', '--skip-pipeline'], { cwd: project.dir });
    await dev.event(isReady);
    expect(await inContainer(namespace, 'deploy/web', "find /app -name 'f*' -type f | wc -l")).toBe('3000');
    expect(await inContainer(namespace, 'deploy/web', 'cat /app/d29/f2999')).toBe(`d29/f2999 ${content}`);
    const local = await readdir(project.path('www'), { recursive: true });
    expect(local.filter((name) => name.includes('trash') || name.includes('stage'))).toEqual([]);
    expect((await stop(dev, project, 'SIGTERM')).code).toBe(0);
  });
});
