import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKube } from '../../src/kube/kube.js';
import { createObject, getObject } from '../../src/kube/api/rest.js';
import { kubeconfig, kubeRig, type KubeRig } from '../rig/kube-rig.js';

interface KubeconfigFile {
  clusters: { cluster: Record<string, unknown> & { server: string } }[];
  users: { user: Record<string, unknown> }[];
}

interface Review {
  status: { userInfo: { username: string; groups?: string[]; extra?: Record<string, string[]> } };
}

describe.skipIf(!kubeconfig)('credentials before the real API server', () => {
  let rig: KubeRig;
  let folder: string;
  beforeAll(async () => {
    rig = await kubeRig();
    folder = await mkdtemp(join(tmpdir(), 'devspace-credentials-'));
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  type Change = (cluster: Record<string, unknown>, user: Record<string, unknown>) => void;
  async function changed(change: Change): Promise<NodeJS.ProcessEnv> {
    const config = load(await readFile(kubeconfig!, 'utf8')) as KubeconfigFile;
    change(config.clusters[0]!.cluster, config.users[0]!.user);
    const file = join(folder, 'config');
    await writeFile(file, JSON.stringify(config));
    return { KUBECONFIG: file };
  }

  async function whoami(env: NodeJS.ProcessEnv): Promise<Review['status']['userInfo']> {
    using kube = await loadKube({ env });
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    return (await createObject<Review>(kube, path, {})).status.userInfo;
  }

  /** A token of the namespace's service account, for ten minutes. */
  async function token(): Promise<string> {
    const path = `/api/v1/namespaces/${rig.namespace}/serviceaccounts/default/token`;
    const request = { spec: { expirationSeconds: 600 } };
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await createObject<{ status: { token: string } }>(rig.kube, path, request)).status.token;
      } catch (error) {
        // The account comes a moment after its namespace.
        if (attempt > 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  const only = (user: Record<string, unknown>, credentials: Record<string, unknown>): void => {
    for (const key of Object.keys(user)) delete user[key];
    Object.assign(user, credentials);
  };

  it('impersonation: user, groups and extra arrive', async () => {
    const env = await changed((_cluster, user) =>
      Object.assign(user, {
        as: 'jane',
        'as-groups': ['developers', 'system:masters'],
        'as-user-extra': { 'example.com/reason': ['testing'] },
      }),
    );
    expect(await whoami(env)).toMatchObject({
      username: 'jane',
      groups: expect.arrayContaining(['developers', 'system:masters']) as string[],
      extra: { 'example.com/reason': ['testing'] },
    });
  });

  it('tls-server-name decides which name is verified', async () => {
    const named = (name: string): Promise<NodeJS.ProcessEnv> =>
      changed((cluster) => void (cluster['tls-server-name'] = name));
    expect((await whoami(await named('kubernetes.default.svc'))).username).toBeTruthy();
    await expect(whoami(await named('elsewhere.example'))).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
      message: expect.stringContaining('has a certificate for other names') as string,
    });
  });

  it('insecure-skip-tls-verify takes any certificate, and without it none that the authority did not sign', async () => {
    const without = (insecure: boolean): Promise<NodeJS.ProcessEnv> =>
      changed((cluster) => {
        delete cluster['certificate-authority-data'];
        cluster['insecure-skip-tls-verify'] = insecure;
      });
    expect((await whoami(await without(true))).username).toBeTruthy();
    await expect(whoami(await without(false))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  });

  it('a token file that is replaced is read again', async () => {
    await writeFile(join(folder, 'token'), 'of-yesterday');
    const env = await changed((_cluster, user) => only(user, { tokenFile: 'token' }));
    await expect(whoami(env)).rejects.toMatchObject({ code: 'KUBE_UNAUTHORIZED' });
    await writeFile(join(folder, 'token'), `${await token()}\n`);
    expect((await whoami(env)).username).toBe(`system:serviceaccount:${rig.namespace}:default`);
  });

  it('a plugin is asked again when its token is refused, and only then', async () => {
    const plugin = join(folder, 'plugin');
    const runs = join(folder, 'runs');
    const answer = (text: string): string =>
      `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${text}"}}`;
    await writeFile(runs, '');
    await writeFile(
      plugin,
      `#!/bin/sh\necho run >> ${runs}\n[ $(wc -l < ${runs}) -eq 1 ] && echo '${answer('stale')}' || echo '${answer(await token())}'\n`,
    );
    await chmod(plugin, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    using kube = await loadKube({ env: await changed((_cluster, user) => only(user, { exec })) });
    await Promise.all(['/version', '/version', '/version'].map((path) => getObject(kube, path)));
    const review = await createObject<Review>(kube, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(review.status.userInfo.username).toBe(`system:serviceaccount:${rig.namespace}:default`);
    expect((await readFile(runs, 'utf8')).split('\n').length - 1).toBe(2);
  });

  it('a plugin may answer with a client certificate', async () => {
    const plugin = join(folder, 'certificate-plugin');
    const env = await changed((_cluster, user) => {
      const decoded = (key: string): string => Buffer.from(String(user[key]), 'base64').toString();
      const status = {
        clientCertificateData: decoded('client-certificate-data'),
        clientKeyData: decoded('client-key-data'),
      };
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: plugin,
        args: [JSON.stringify({ status })],
      };
      only(user, { exec });
    });
    await writeFile(plugin, `#!/bin/sh\nprintf %s "$1"\n`);
    await chmod(plugin, 0o755);
    expect((await whoami(env)).groups).toContain('system:masters');
  });
});
