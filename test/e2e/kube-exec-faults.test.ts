import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { openExec, type ExecOptions } from '../../src/kube/exec/exec.js';
import { loadKube, type Kube } from '../../src/kube/kube.js';
import { startFaultProxy, type FaultProxy } from '../cluster/index.js';
import { kubeApp, type KubeApp } from '../rig/kube-app.js';
import { kubeconfig } from '../rig/kube-rig.js';

/** The tests' own cluster, whose certificate is good for any local port. */
const ours = kubeconfig !== undefined && !process.env['DEVSPACE_TEST_CONTEXT'];
if (!ours) console.warn("Skipped: faults on the way of an exec need the tests' own cluster");

describe.skipIf(!ours)('exec over a network that fails', () => {
  let rig: KubeApp;
  let proxy: FaultProxy;
  let kube: Kube;
  beforeAll(async () => {
    rig = await kubeApp();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    const { hostname, port } = new URL(rig.kube.server);
    proxy = await startFaultProxy({ target: { host: hostname, port: Number(port) } });
    kube = await loadKube({
      env: { KUBECONFIG: await rig.kubeconfigVia((way) => (way.server = proxy.url)) },
    });
  });
  afterEach(async () => {
    kube[Symbol.dispose]();
    await proxy.close();
  });

  const at = (...command: string[]): ExecOptions => ({ ...rig.at(...command), pings: { intervalMs: 300 } });
  /** How long it takes until the exit code is known to be lost. */
  async function lostAfter(stream: { exit: Promise<number> }): Promise<number> {
    const began = performance.now();
    await expect(stream.exit).rejects.toMatchObject({ code: 'STREAM_LOST' });
    return performance.now() - began;
  }

  it('says at once that a connection was cut', async () => {
    await using stream = await openExec(kube, { ...at('sh', '-c', 'echo on; sleep 1000'), pings: {} });
    await once(stream.stdout, 'data');
    proxy.cut();
    // By its pings it would take longer.
    expect(await lostAfter(stream)).toBeLessThan(5000);
  });

  it.each<[string, (stream: Awaited<ReturnType<typeof openExec>>) => void]>([
    ['nothing was sent', () => {}],
    ['something was typed', (stream) => void stream.stdin.write('ls\n')],
    ['much was sent', (stream) => void stream.stdin.write(Buffer.alloc(1_000_000))],
  ])('notices a connection that is silently dead when %s', async (_name, send) => {
    await using stream = await openExec(kube, at('sh', '-c', 'echo on; cat > /dev/null; sleep 1000'));
    await once(stream.stdout, 'data');
    proxy.hold();
    send(stream);
    // At most four intervals, and two more until the server has not answered elsewhere either; and then a machine may be busy.
    expect(await lostAfter(stream)).toBeLessThan(8 * 300 + 10_000);
  });

  it('outlives a silence that is shorter', async () => {
    await using stream = await openExec(kube, { ...at('sh', '-c', 'echo on; read x; exit 4'), pings: {} });
    await once(stream.stdout, 'data');
    proxy.hold();
    stream.stdin.write('go\n');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    proxy.release();
    expect(await stream.exit).toBe(4);
  });

  it('a new exec works as soon as the network does, on what was kept too', async () => {
    await using first = await openExec(kube, { ...at('true'), stdin: false });
    expect(await first.exit).toBe(0);
    proxy.cut();
    await using second = await openExec(kube, { ...at('true'), stdin: false });
    expect(await second.exit).toBe(0);
    await proxy.refuse(true);
    proxy.cut();
    await expect(openExec(kube, at('true'))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
    await proxy.refuse(false);
    await using third = await openExec(kube, { ...at('true'), stdin: false });
    expect(await third.exit).toBe(0);
  });
});
