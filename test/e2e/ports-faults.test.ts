import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { corePath } from '../../src/kube/api/api-paths.js';
import { loadKube } from '../../src/kube/kube.js';
import type { Pod } from '../../src/kube/api/objects.js';
import { deleteObject } from '../../src/kube/api/rest.js';
import { faultyCluster, type FaultyCluster } from '../rig/fault-cluster.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';
import { kubeconfig } from '../rig/kube-rig.js';
import { app, portsRig, type PortsRig } from './ports-rig.js';

describe.skipIf(!kubeconfig)('a forward in trouble', () => {
  let rig: PortsRig;
  let project: Project;
  let faulty: FaultyCluster;
  const remove = (name: string) =>
    deleteObject(rig.kube, corePath('pods', { namespace: rig.namespace, name }));
  /** performance.now() at which the pod is seen to be ready. */
  const readySince = async (name: string): Promise<number> => {
    for await (const pods of rig.kube.pods.follow({ namespace: rig.namespace })) {
      const pod = [...pods.values()].find((one: Pod) => one.metadata.name === name);
      if (pod?.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'))
        return performance.now();
    }
    throw new Error('unreachable');
  };

  beforeAll(async () => {
    rig = await portsRig();
    await rig.pod('one');
    project = await makeProject({});
    faulty = await faultyCluster(project);
  });
  afterEach(() => {
    rig.failures.length = 0;
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await faulty[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  it('goes to the pod that takes the place of another, soon after that is ready, and refuses nobody meanwhile', async () => {
    const moves: (string | undefined)[] = [];
    const forward = await rig.forward({ onPod: (pod) => moves.push(pod) });
    expect(await forward.ask('a')).toBe('one a');
    // Somebody asks all the time.
    const answers: { at: number; text: string }[] = [];
    const isOver = new AbortController();
    const load = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!isOver.signal.aborted) {
          const text = await forward.ask('x').catch((error: Error) => error.message);
          answers.push({ at: performance.now(), text });
        }
      }),
    );
    await remove('one');
    await rig.pod('two');
    const ready = await readySince('two');
    await until('an answer of the second', () => answers.some(({ text }) => text === 'two x'));
    isOver.abort();
    await load;
    const first = answers.find(({ text }) => text === 'two x')!.at;
    console.log(`the forward answered ${Math.round(first - ready)} ms after the second pod was ready`);
    expect(first - ready).toBeLessThan(5000);
    // A connection that was open when the pod went away breaks; none is refused.
    const others = answers.map(({ text }) => text).filter((text) => !/^(one|two) x$/.test(text));
    expect(others.filter((text) => text.includes('ECONNREFUSED'))).toEqual([]);
    expect(others.length).toBeLessThanOrEqual(8);
    expect(moves.at(-1)).toBe('two');
  });

  it('tells which connection could not be made when no pod comes, and that within its time', async () => {
    const forward = await rig.forward({ waitMs: 500 });
    await remove('two');
    await until('the pod to go', async () => {
      const outcome = await forward.ask('x').catch((error: NodeJS.ErrnoException) => error.code);
      return outcome === 'ECONNRESET' && rig.failures.some(({ code }) => code === 'POD_NOT_READY');
    });
    await rig.pod('three');
    await readySince('three');
    await until('an answer', async () => (await forward.ask('x').catch(() => '')) === 'three x');
  });

  it('answers again as soon as the network is back after a cut, without anyone being refused', async () => {
    using kube = await loadKube({ env: { KUBECONFIG: faulty.KUBECONFIG } });
    const forward = await rig.forward({ kube });
    expect(await forward.ask('a')).toBe('three a');
    const { proxy } = faulty;
    await proxy.refuse(true);
    proxy.cut();
    const during = forward.ask('b');
    during.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await proxy.refuse(false);
    const back = performance.now();
    expect(await forward.ask('c')).toBe('three c');
    console.log(`the forward answered ${Math.round(performance.now() - back)} ms after the network was back`);
    expect(performance.now() - back).toBeLessThan(5000);
    expect(await during).toBe('three b');
  });

  it('resets the connections of a network that is silently dead, and those only', async () => {
    using kube = await loadKube({ env: { KUBECONFIG: faulty.KUBECONFIG } });
    const forward = await rig.forward({ kube });
    const socket = forward.connect(app.echo);
    socket.write(randomBytes(100));
    await once(socket, 'data');
    faulty.proxy.hold();
    const since = performance.now();
    socket.write('more');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    console.log(`the dead connection was reset after ${Math.round((performance.now() - since) / 1000)} s`);
    expect(performance.now() - since).toBeLessThan(15_000);
    faulty.proxy.release();
    await until('an answer', async () => (await forward.ask('x').catch(() => '')) === 'three x');
  });
});
