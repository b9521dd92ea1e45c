import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inClusterConfig } from '../../../src/kube/access/in-cluster.js';
import { loadKube, type Kube } from '../../../src/kube/kube.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devspace-kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, content: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const config = (
  name: string,
  user: unknown = {},
  cluster: unknown = {},
  current: string | undefined = name,
) => ({
  'current-context': current,
  contexts: [{ name, context: { cluster: name, user: name, namespace: `${name}-ns` } }],
  clusters: [{ name, cluster: { server: `https://${name}:6443`, ...(cluster as object) } }],
  users: [{ name, user }],
});
const load = (files: string[], more: Parameters<typeof loadKube>[0] = {}): Promise<Kube> =>
  loadKube({ env: { KUBECONFIG: files.join(delimiter) }, home: folder, ...more });
const headers = async (user: unknown): Promise<unknown> =>
  (await (await load([await write('config', config('a', user))])).connect()).headers;

describe('loadKube', () => {
  it('takes the current context, or the wanted one, from several files; the first to name a thing wins', async () => {
    const one = await write('one', config('a', { token: 'first' }, {}, ''));
    const two = await write('two', {
      ...config('b'),
      users: [{ name: 'a', user: { token: 'second' } }, { name: 'b' }],
    });
    const files = [one, join(folder, 'missing'), two];
    expect(await load(files)).toMatchObject({ context: 'b', namespace: 'b-ns', server: 'https://b:6443' });
    const kube = await load(files, { context: 'a', namespace: 'mine' });
    expect(kube).toMatchObject({ context: 'a', namespace: 'mine' });
    expect((await kube.connect()).headers).toEqual({ Authorization: 'Bearer first' });
  });

  it('falls back to ~/.kube/config', async () => {
    await mkdir(join(folder, '.kube'));
    await write('.kube/config', config('home'));
    expect((await loadKube({ env: {}, home: folder })).context).toBe('home');
  });

  it.each<[string, unknown, string, string]>([
    ['no file', undefined, 'KUBE_CONFIG_NOT_FOUND', 'There is no kubeconfig: FILE does not exist'],
    ['an empty file', '', 'KUBE_CONFIG_NOT_FOUND', 'The kubeconfig FILE has no current context'],
    [
      'no current context',
      config('a', {}, {}, ''),
      'KUBE_CONFIG_NOT_FOUND',
      'The kubeconfig FILE has no current context',
    ],
    [
      'an unknown context',
      config('a', {}, {}, 'b'),
      'KUBE_CONTEXT_UNKNOWN',
      'There is no kube context "b" in FILE',
    ],
    ['broken YAML', 'a: [', 'KUBE_CONFIG_INVALID', 'The kubeconfig FILE is not valid YAML'],
    ['a list', '[]', 'KUBE_CONFIG_INVALID', 'The kubeconfig FILE is not a mapping'],
    [
      'a wrong type',
      { clusters: {} },
      'KUBE_CONFIG_INVALID',
      '"clusters" of kubeconfig must be a list of mappings',
    ],
    [
      'a cluster that is not there',
      { ...config('a'), clusters: [] },
      'KUBE_CONFIG_INVALID',
      'there is no cluster "a"',
    ],
    [
      'a user that is not there',
      { ...config('a'), users: [] },
      'KUBE_CONFIG_INVALID',
      'there is no user "a"',
    ],
    ['no server', config('a', {}, { server: '' }), 'KUBE_CONFIG_INVALID', 'cluster "a" has no server'],
    [
      'a server that is no URL',
      config('a', {}, { server: 'x' }),
      'KUBE_CONFIG_INVALID',
      'the server "x" is not a URL',
    ],
    [
      'a proxy it cannot speak to',
      config('a', {}, { 'proxy-url': 'ftp://p' }),
      'KUBE_PROXY_INVALID',
      'The proxy in the kubeconfig cannot be used',
    ],
    [
      'a CA that is not there',
      config('a', {}, { 'certificate-authority': 'ca' }),
      'KUBE_CONFIG_INVALID',
      'certificate-authority cannot be read',
    ],
  ])('%s', async (_name, content, code, message) => {
    const file = join(folder, 'config');
    if (content !== undefined) await write('config', content);
    const expected = expect.stringContaining(message.replace('FILE', file)) as string;
    await expect(load([file])).rejects.toMatchObject({
      code,
      message: expected,
      hint: expect.any(String) as string,
    });
  });

  it('lists the contexts there are', async () => {
    const file = await write('config', config('a'));
    const details = ['Known contexts:', '  a'];
    await expect(load([file], { context: 'x' })).rejects.toMatchObject({ subject: 'x', details });
  });
});

describe('credentials', () => {
  it.each<[string, unknown, unknown]>([
    ['none', {}, {}],
    ['a token', { token: 't' }, { Authorization: 'Bearer t' }],
    ['a name and password', { username: 'u', password: 'p' }, { Authorization: 'Basic dTpw' }],
    [
      'impersonation',
      {
        token: 't',
        as: 'other',
        'as-groups': ['g'],
        'as-uid': '7',
        'as-user-extra': { 'x.io/a(b)': ['1', '2'] },
      },
      {
        Authorization: 'Bearer t',
        'Impersonate-User': 'other',
        'Impersonate-Uid': '7',
        'Impersonate-Group': ['g'],
        'Impersonate-Extra-x.io%2Fa%28b%29': ['1', '2'],
      },
    ],
  ])('%s', async (_name, user, expected) => {
    expect(await headers(user)).toEqual(expected);
  });

  it('reads a token file beside the kubeconfig each time', async () => {
    await write('token', 'one\n');
    const kube = await load([await write('config', config('a', { tokenFile: 'token', token: 'x' }))]);
    expect((await kube.connect()).headers).toEqual({ Authorization: 'Bearer one' });
    await write('token', 'two');
    expect((await kube.connect()).headers).toEqual({ Authorization: 'Bearer two' });
  });

  it('reads a client certificate beside the kubeconfig anew after a 401', async () => {
    await write('crt', 'one');
    await write('key', 'one');
    const user = { 'client-certificate': 'crt', 'client-key': 'key' };
    const kube = await load([await write('config', config('a', user, { server: 'http://a' }))]);
    const { agent } = await kube.connect();
    expect((await kube.connect()).agent).toBe(agent);
    expect(kube.renew(await kube.connect())).toBe(true);
    expect((await kube.connect()).agent).not.toBe(agent);
  });

  it('says that nothing can be renewed where nothing can', async () => {
    const kube = await load([await write('config', config('a', { token: 't' }))]);
    expect(kube.renew(await kube.connect())).toBe(false);
  });

  it('keeps its connections while the client certificate stays the same', async () => {
    const kube = await load([await write('config', config('a', { token: 't' }))]);
    expect((await kube.connect()).agent).toBe((await kube.connect()).agent);
  });
});

describe('a credential plugin', () => {
  const plugin = async (script: string, more: object = {}): Promise<Kube> => {
    const file = await write('plugin', `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      interactiveMode: 'Never',
      ...more,
    };
    return load([await write('config', config('a', { exec }))]);
  };
  const answer = (status: object): string => `echo '${JSON.stringify({ kind: 'ExecCredential', status })}'`;

  it('runs once for all who ask at the same time, and again after a 401', async () => {
    const kube = await plugin(`echo run >> ${folder}/runs\n${answer({ token: 'secret' })}`);
    const all = await Promise.all([kube.connect(), kube.connect(), kube.connect()]);
    expect(all.map((one) => one.headers)).toEqual(all.map(() => ({ Authorization: 'Bearer secret' })));
    expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\n');
    expect(kube.renew(all[0])).toBe(true);
    await kube.connect();
    expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\nrun\n');
  });

  it('runs again when its answer has expired', async () => {
    const kube = await plugin(
      `echo run >> ${folder}/runs\n${answer({ token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' })}`,
    );
    await kube.connect();
    await kube.connect();
    const runs = (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1;
    expect(runs).toBeGreaterThanOrEqual(2);
  });

  it('gets its arguments, its environment and what is asked of it', async () => {
    const script = `printf %s "$KUBERNETES_EXEC_INFO" > ${folder}/info; printf '%s' "{\\"status\\":{\\"token\\":\\"$1-$NAME\\"}}"`;
    const kube = await plugin(script, {
      args: ['arg'],
      env: [{ name: 'NAME', value: 'env' }],
      provideClusterInfo: true,
    });
    expect((await kube.connect()).headers).toEqual({ Authorization: 'Bearer arg-env' });
    expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8'))).toMatchObject({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { interactive: false, cluster: { server: 'https://a:6443' } },
    });
  });

  it.each<[string, string, object, string]>([
    ['fails', 'echo session expired >&2; exit 3', {}, 'ended with 3'],
    ['does not answer in JSON', 'echo hello', {}, 'did not answer with an ExecCredential'],
    [
      'answers with half a pair',
      answer({ clientCertificateData: 'c' }),
      {},
      'only one of client certificate and key',
    ],
    ['answers without a credential', answer({}), {}, 'answered without a token'],
    ['is not installed', '', { command: 'no-such-plugin-anywhere' }, 'is not installed'],
  ])('%s', async (_name, script, more, message) => {
    const kube = await plugin(script, more);
    await expect(kube.connect()).rejects.toMatchObject({
      code: 'KUBE_AUTH_PLUGIN_FAILED',
      message: expect.stringContaining(message) as string,
    });
  });

  it('shows the last lines of a plugin that failed, and its install hint when it is missing', async () => {
    const installHint = 'apt install it';
    const failing = await plugin('echo session expired >&2; exit 3', { installHint });
    await expect(failing.connect()).rejects.toMatchObject({
      details: ['session expired'],
      hint: expect.stringContaining('Run it yourself') as string,
    });
    const missing = await plugin('', { command: 'no-such-plugin-anywhere', installHint });
    await expect(missing.connect()).rejects.toMatchObject({ hint: 'apt install it' });
  });
});

describe('inClusterConfig', () => {
  it('is there only with its address and its token', async () => {
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(await inClusterConfig({}, folder)).toBeUndefined();
    expect(await inClusterConfig(env, folder)).toBeUndefined();
    await write('token', 't');
    await write('namespace', 'inside\n');
    const found = await inClusterConfig(env, folder);
    expect(found?.contexts.get('in-cluster')?.namespace).toBe('inside');
    expect(found?.clusters.get('in-cluster')?.server).toBe('https://[fd00::1]:443');
  });
});
