import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadKube } from '../../../src/kube/kube.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devspace-oracle-'));
  await writeFile(join(folder, 'ca.pem'), 'ca from a file');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');
const users: Record<string, unknown> = {
  nobody: {},
  token: { token: 'abc' },
  certificate: { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') },
};
const clusters: Record<string, unknown> = {
  plain: { server: 'https://example.test:6443' },
  'with a path': { server: 'https://example.test/k8s/clusters/c-1' },
  'authority as data': { server: 'https://example.test', 'certificate-authority-data': base64('ca') },
  'authority in a file': { server: 'https://example.test', 'certificate-authority': 'ca.pem' },
  'other name': { server: 'https://10.0.0.1', 'tls-server-name': 'kubernetes' },
  unverified: { server: 'https://example.test', 'insecure-skip-tls-verify': true },
};
const cases = Object.keys(users).flatMap((user) =>
  Object.keys(clusters).map((cluster) => [user, cluster] as const),
);

/** What a request would be sent with, in a shape that both sides have. */
interface Sent {
  context: string;
  namespace: string | undefined;
  server: string;
  authorization: string | undefined;
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  servername: string | undefined;
  verified: boolean;
}

const text = (value: unknown) => (Buffer.isBuffer(value) ? value.toString() : (value as string | undefined));

async function byLibrary(file: string): Promise<Sent> {
  const config = new KubeConfig();
  config.loadFromFile(file);
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers = (options.headers ?? {}) as Record<string, string>;
  return {
    context: config.getCurrentContext(),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    server: config.getCurrentCluster()?.server ?? '',
    authorization: headers.Authorization,
    ca: text(options.ca),
    cert: text(options.cert),
    key: text(options.key),
    servername: options.servername,
    verified: options.rejectUnauthorized !== false,
  };
}

async function byUs(file: string): Promise<Sent> {
  using kube = await loadKube({ env: { KUBECONFIG: file }, home: folder });
  const { agent, headers } = await kube.connect();
  const options = (agent.agent as https.Agent).options;
  return {
    context: kube.context,
    namespace: kube.namespace,
    server: kube.server,
    authorization: headers.Authorization as string | undefined,
    ca: text(options.ca),
    cert: text(options.cert),
    key: text(options.key),
    servername: options.servername,
    verified: options.rejectUnauthorized !== false,
  };
}

it.each(cases)(
  'sends as %s to a cluster "%s" what @kubernetes/client-node would send',
  async (user, cluster) => {
    const file = join(folder, 'config');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster, user, namespace: 'mine' } }],
      clusters: [{ name: cluster, cluster: clusters[cluster] }],
      users: [{ name: user, user: users[user] }],
    };
    await writeFile(file, JSON.stringify(config));
    expect(await byUs(file)).toEqual(await byLibrary(file));
  },
);
