import { expect, it } from 'vitest';
import { allWorks } from '../rig/all-works.js';
import { startApiServer } from '../rig/api-server.js';
import { makeWebProject } from '../rig/app.js';
import { ofType } from '../rig/cli.js';
import { makeNamespace } from '../rig/cluster.js';
import { isReady, startEvents } from '../rig/dev-run.js';
import { until } from '../rig/until.js';

/** Certificates and etcd of the tests' own cluster are borrowed. */
const ours = process.env.DEVSPACE_TEST_CONTEXT === undefined;
if (!ours) console.warn('Skipped: to restart an API server takes the cluster of these tests');

it.skipIf(!ours)(
  'a dev run goes on after kube-apiserver was killed and started again',
  { timeout: 300_000 },
  async () => {
    await using namespace = await makeNamespace();
    await using project = await makeWebProject();
    await using server = await startApiServer(project);
    const env = { KUBECONFIG: server.KUBECONFIG };
    await using dev = startEvents(namespace, ['dev', '--no-open'], { cwd: project.dir, env });
    await dev.event(isReady);
    await allWorks({ namespace, project, dev }, 0);

    await server.kill();
    const isGone = ofType('service', ({ service, state }) => service === 'network' && state === 'waiting');
    await dev.event(isGone);
    // Edited while nobody answers.
    await project.write('www/meanwhile', 'edited meanwhile\n');
    const since = performance.now();
    await server.start();
    const ready = performance.now();
    console.log(`kube-apiserver was ready again after ${Math.round(ready - since)} ms`);
    const { allMs, equalMs } = await allWorks({ namespace, project, dev }, ready);
    console.log(`API server restarted: equal after ${equalMs} ms, ports and logs after ${allMs} ms`);
    expect(await (await fetch(`${project.url}/meanwhile`)).text()).toBe('edited meanwhile\n');
    expect(equalMs).toBeLessThan(15_000);
    const recovered = ofType('run', ({ recoveredMs }) => recoveredMs !== undefined);
    await until('the recovery', () => dev.events().some(recovered));
    expect(dev.events().filter(ofType('failed'))).toEqual([]);

    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);
    expect(await dev.processes()).toEqual([]);
    expect(await namespace.kubectl(['get', 'leases', '--output', 'name'])).toBe('');
  },
);
