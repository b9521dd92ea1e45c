import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corePath } from '../../src/kube/api/api-paths.js';
import { openExec } from '../../src/kube/exec/exec.js';
import { loadKube, type Kube } from '../../src/kube/kube.js';
import { getObject } from '../../src/kube/api/rest.js';
import { clusterLayout, NODE_IP } from '../cluster/paths.js';
import { readIdentity } from '../cluster/pki.js';
import { runCli } from '../rig/cli.js';
import { startConnectProxy, startSocksProxy, type TestProxy } from '../rig/proxies.js';
import { kubeApp, type KubeApp } from '../rig/kube-app.js';
import { kubeconfig } from '../rig/kube-rig.js';

/** The tests' own cluster has a second address and certificates to borrow. */
const ours = !process.env['DEVSPACE_TEST_CONTEXT'];
if (!ours) console.warn('Skipped: HTTPS_PROXY needs a server with an address besides 127.0.0.1');

async function serverPair(): Promise<{ cert: Buffer; key: Buffer }> {
  const { certificate, key } = await readIdentity(clusterLayout().pki, 'apiserver');
  return { cert: certificate, key };
}

describe.skipIf(!kubeconfig)('a proxy before the real API server', () => {
  let rig: KubeApp;
  beforeAll(async () => {
    rig = await kubeApp();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const through = (proxyUrl: string): Promise<string> =>
    rig.kubeconfigVia((way) => (way['proxy-url'] = proxyUrl));

  /** REST and a WebSocket over one agent: both have to come by the proxy. */
  async function useIt(kube: Kube): Promise<void> {
    const pod = { namespace: rig.namespace, name: 'app' };
    expect(await getObject(kube, corePath('pods', pod))).toMatchObject({ metadata: { name: 'app' } });
    await using stream = await openExec(kube, { ...rig.at('sh', '-c', 'cat; exit 3'), stdin: true });
    stream.stdin.end(Buffer.alloc(1_000_000, 'x'));
    expect((await text(stream.stdout)).length).toBe(1_000_000);
    expect(await stream.exit).toBe(3);
  }

  it.each<[string, () => Promise<TestProxy>, string]>([
    ['http', () => startConnectProxy(), 'http://127.0.0.1'],
    ['http with a login', () => startConnectProxy({ login: 'me:it' }), 'http://me:it@127.0.0.1'],
    ['https', async () => startConnectProxy({ tls: await serverPair() }), 'https://127.0.0.1'],
    ['socks5', () => startSocksProxy(), 'socks5://127.0.0.1'],
    ['socks5h with a login', () => startSocksProxy({ login: 'me:it' }), 'socks5h://me:it@127.0.0.1'],
  ])('%s: requests and streams', async (_name, start, url) => {
    await using proxy = await start();
    using kube = await loadKube({ env: { KUBECONFIG: await through(`${url}:${proxy.port}`) } });
    await useIt(kube);
    expect(new Set(proxy.asked)).toEqual(new Set([new URL(kube.server).host]));
    // The first connection is used for both.
    expect(proxy.asked.length).toBeLessThan(3);
  });

  it.skipIf(!ours)('HTTPS_PROXY counts, and NO_PROXY', async () => {
    await using proxy = await startConnectProxy();
    // Some name of the server that is not excluded by itself.
    const file = await rig.kubeconfigVia((way) => (way.server = way.server.replace('127.0.0.1', NODE_IP)));
    const env = { KUBECONFIG: file, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    using kube = await loadKube({ env });
    await useIt(kube);
    const asked = proxy.asked.length;
    expect(asked).toBeGreaterThan(0);
    using straight = await loadKube({ env: { ...env, NO_PROXY: '0.0.0.0/0' } });
    await useIt(straight);
    expect(proxy.asked).toHaveLength(asked);
  });

  it('the command names the proxy and where it was set, and not its password', async () => {
    await using proxy = await startConnectProxy({ login: 'me:right' });
    const file = await through(`http://me:wrong-one@127.0.0.1:${proxy.port}`);
    const args = ['enter', '-n', rig.namespace, '--pod', 'app', '--', 'true'];
    const result = await runCli(args, { cwd: rig.folder, env: { KUBECONFIG: file } });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(
      `The proxy http://***@127.0.0.1:${proxy.port} (the kubeconfig) does not accept the credentials (407`,
    );
    expect(result.stdout + result.stderr).not.toContain('wrong-one');
  });
});
