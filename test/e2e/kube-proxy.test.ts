import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corePath } from '../../src/kube/api-paths.js';
import { openExec } from '../../src/kube/exec.js';
import { loadKube, type Kube } from '../../src/kube/kubeconfig.js';
import { getObject } from '../../src/kube/rest.js';
import { waitForTarget } from '../../src/kube/select.js';
import { clusterLayout, NODE_IP } from '../cluster/paths.js';
import { readIdentity } from '../cluster/pki.js';
import { runCli } from '../rig/cli.js';
import { startConnectProxy, startSocksProxy, type TestProxy } from '../rig/proxies.js';
import { kubeconfig, kubeRig, type KubeRig } from './kube-rig.js';

interface KubeconfigFile {
  clusters: { cluster: { server: string; 'proxy-url'?: string } }[];
}

/** The tests' own cluster has a second address and certificates to borrow. */
const ours = !process.env['DEVSPACE_TEST_CONTEXT'];
if (!ours) console.warn('Skipped: HTTPS_PROXY needs a server with an address besides 127.0.0.1');

async function serverPair(): Promise<{ cert: Buffer; key: Buffer }> {
  const { certificate, key } = await readIdentity(clusterLayout().pki, 'apiserver');
  return { cert: certificate, key };
}

describe.skipIf(!kubeconfig)('a proxy before the real API server', () => {
  let rig: KubeRig;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devspace-proxy-'));
    rig = await kubeRig();
    await rig.pod('app', ['sleep', '100000']);
    await waitForTarget(rig.kube, { namespace: rig.namespace, labelSelector: { app: 'app' } });
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function through(proxyUrl: string): Promise<string> {
    const config = load(await readFile(kubeconfig!, 'utf8')) as KubeconfigFile;
    for (const { cluster } of config.clusters) cluster['proxy-url'] = proxyUrl;
    const file = join(folder, 'config');
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  /** REST and a WebSocket over one agent: both have to come by the proxy. */
  async function useIt(kube: Kube): Promise<void> {
    const pod = { namespace: rig.namespace, name: 'app' };
    expect(await getObject(kube, corePath('pods', pod))).toMatchObject({ metadata: { name: 'app' } });
    const command = ['sh', '-c', 'cat; exit 3'];
    await using stream = await openExec(kube, {
      namespace: rig.namespace,
      pod: 'app',
      container: 'main',
      command,
      stdin: true,
    });
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
    const config = load(await readFile(kubeconfig!, 'utf8')) as KubeconfigFile;
    // Some name of the server that is not excluded by itself.
    for (const { cluster } of config.clusters) cluster.server = cluster.server.replace('127.0.0.1', NODE_IP);
    const file = join(folder, 'named');
    await writeFile(file, JSON.stringify(config));
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
    const result = await runCli(args, { cwd: folder, env: { KUBECONFIG: file } });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(
      `The proxy http://***@127.0.0.1:${proxy.port} (the kubeconfig) does not accept the credentials (407`,
    );
    expect(result.stdout + result.stderr).not.toContain('wrong-one');
  });
});
