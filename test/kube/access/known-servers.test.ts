import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadKube, type Kube } from '../../../src/kube/kube.js';
import { getObject } from '../../../src/kube/api/rest.js';
import { openSpdy } from '../../../src/kube/spdy/open.js';
import { openChannel } from '../../../src/kube/websocket/channel.js';

let folder: string;
let server: Server | TcpServer | undefined;
let connections = 0;
let requests = 0;
const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function authority(name: string): void {
  openssl('req', '-x509', ...newKey, '-subj', '/CN=tests', '-keyout', `${name}.key`, '-out', `${name}.crt`);
}

function certificate(name: string, { by, days = 30 }: { by: string; days?: number }): void {
  const names = ['-subj', '/CN=server', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const signed = ['-CA', `${by}.crt`, '-CAkey', `${by}.key`, '-days', String(days)];
  openssl('req', '-x509', ...newKey, ...names, ...signed, '-keyout', `${name}.key`, '-out', `${name}.crt`);
}

const isPossible = spawnSync('openssl', ['version']).status === 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'devspace-servers-'));
  if (!isPossible) return;
  for (const name of ['ours', 'theirs']) authority(name);
  certificate('first', { by: 'ours' });
  certificate('second', { by: 'ours' });
  certificate('impostor', { by: 'theirs' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const stop = (): void => {
  server?.close();
  if (server && 'closeAllConnections' in server) server.closeAllConnections();
};
afterEach(() => {
  stop();
  rmSync(at('devspace'), { recursive: true, force: true });
});

/** One request of a process of its own, as far as what it remembers goes. */
async function ask(authorities = 'ours', signal?: AbortSignal): Promise<unknown> {
  using kube = await load(authorities);
  return await getObject(kube, '/api', { signal });
}

async function load(authorities = 'ours'): Promise<Kube> {
  const { port } = server!.address() as AddressInfo;
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': at(`${authorities}.crt`) };
  const config = {
    'current-context': 'one',
    contexts: [{ name: 'one', context: { cluster: 'one' } }],
    clusters: [{ name: 'one', cluster }],
  };
  writeFileSync(at('config'), JSON.stringify(config));
  return loadKube({ env: { KUBECONFIG: at('config'), XDG_CACHE_HOME: folder } });
}

async function serve(name: string, port = 0): Promise<void> {
  stop();
  [connections, requests] = [0, 0];
  const identity = { key: readFileSync(at(`${name}.key`)), cert: readFileSync(at(`${name}.crt`)) };
  server = createServer(identity, (_request, response) => {
    requests += 1;
    response.end('{"kind":"APIVersions"}');
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
}

const remembered = (): string[] =>
  readdirSync(at('devspace/servers')).map((name) => at(`devspace/servers/${name}`));
const answer = { kind: 'APIVersions' };
const UNTRUSTED = { code: 'KUBE_UNREACHABLE', message: expect.stringMatching(/certificate/) as unknown };

describe.skipIf(!isPossible || process.platform !== 'linux')(
  'a server that is known [needs openssl and the cache folder of Linux]',
  () => {
    it('is verified once, and remembered until its certificate ends', async () => {
      await serve('first');
      expect(await ask()).toEqual(answer);
      const [file = '', ...others] = remembered();
      expect(others).toEqual([]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const [fingerprint, until] = readFileSync(file, 'utf8').split(' ');
      const text = openssl('x509', '-in', 'first.crt', '-noout', '-fingerprint', '-sha256').toString();
      expect(text.trim().endsWith(`=${fingerprint}`)).toBe(true);
      expect(Number(until) - Date.now()).toBeGreaterThan(28 * 24 * 3600 * 1000);
      expect(Number(until) - Date.now()).toBeLessThan(31 * 24 * 3600 * 1000);
      const { mtimeMs } = statSync(file);
      expect(await ask()).toEqual(answer);
      expect({ connections, requests }).toEqual({ connections: 2, requests: 2 });
      expect(statSync(file).mtimeMs).toBe(mtimeMs);
    });

    it('may get another certificate from the same authority', async () => {
      await serve('first');
      await ask();
      const [file = ''] = remembered();
      const before = readFileSync(file, 'utf8');
      await serve('second');
      expect(await ask()).toEqual(answer);
      expect({ connections, requests }).toEqual({ connections: 2, requests: 1 });
      expect(readFileSync(file, 'utf8')).not.toBe(before);
      expect(await ask()).toEqual(answer);
      expect({ connections, requests }).toEqual({ connections: 3, requests: 2 });
    });

    it('is no reason to trust another one, which is told nothing', async () => {
      await serve('first');
      await ask();
      const [file = ''] = remembered();
      const before = readFileSync(file, 'utf8');
      await serve('impostor');
      await expect(ask()).rejects.toMatchObject(UNTRUSTED);
      expect(requests).toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(before);
    });

    it('is known under the authorities only that it was verified with', async () => {
      await serve('first');
      await ask();
      await expect(ask('theirs')).rejects.toMatchObject(UNTRUSTED);
      expect(requests).toBe(1);
    });

    it.each([
      ['has run out', (text: string) => text.replace(/ .*/, ` ${Date.now() - 1}`)],
      ['is damaged', () => 'nonsense'],
      ['is empty', () => ''],
    ])('is verified again when what is remembered %s', async (_, spoil) => {
      await serve('first');
      await ask();
      const [file = ''] = remembered();
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, spoil(before));
      expect(await ask()).toEqual(answer);
      expect(readFileSync(file, 'utf8')).toBe(before);
    });

    it('is not believed from a file that others may write', async () => {
      await serve('impostor');
      await expect(ask('theirs')).resolves.toEqual(answer);
      const [file = ''] = remembered();
      const forged = readFileSync(file, 'utf8');
      await serve('first');
      await ask();
      const mine = remembered().find((one) => one !== file) ?? '';
      writeFileSync(mine, forged);
      chmodSync(mine, 0o666);
      await serve('impostor');
      await expect(ask()).rejects.toMatchObject(UNTRUSTED);
      expect(requests).toBe(0);
    });

    it('can be given up while it says nothing, and nothing is left of it', async () => {
      await serve('first');
      await ask();
      stop();
      const given = new AbortController();
      let over: Promise<unknown> | undefined;
      server = createTcpServer((socket) => {
        over = once(socket.on('error', () => undefined).resume(), 'close');
        given.abort(new Error('given up'));
      });
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      await expect(ask('ours', given.signal)).rejects.toThrow('given up');
      await over;
    });

    it('does not let streams wait longer than they want to', async () => {
      await serve('first');
      await ask();
      stop();
      server = createTcpServer((socket) => void socket.on('error', () => undefined).resume());
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      using kube = await load();
      const common = { path: '/exec', protocols: ['v5.channel.k8s.io'], handshakeTimeoutMs: 50 };
      const late = { code: 'KUBE_UNREACHABLE' };
      const accept = () => ({ message: () => undefined, closed: () => undefined });
      await expect(openChannel(kube, { ...common, accept })).rejects.toMatchObject(late);
      await expect(openSpdy(kube, common)).rejects.toMatchObject(late);
    });

    it('is verified each time where nothing can be kept', async () => {
      mkdirSync(at('devspace'));
      writeFileSync(at('devspace/servers'), 'in the way');
      await serve('first');
      expect(await ask()).toEqual(answer);
      expect(await ask()).toEqual(answer);
      expect(readFileSync(at('devspace/servers'), 'utf8')).toBe('in the way');
    });
  },
);
