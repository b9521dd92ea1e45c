import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { probeStatus } from './api.js';
import { run } from './run.js';

/** A registry that wants a login: pushing without one is denied. */
export interface DenyingRegistry extends AsyncDisposable {
  /** `127.0.0.1:5001`, to be put before an image's name. */
  readonly address: string;
  /** The login it accepts. */
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

const USER = 'developer';
const PASSWORD = 'right-password';
/** `htpasswd -nbB` of the two, with the least work: it is checked at every request. */
const HTPASSWD = `${USER}:$2b$04$Vv6ECogBbf6kODZ2VgxGLu6SkpH1ZlVqe85KI4RU0q9y2EdUlb506\n`;

/** Starts one in this process's name; it ends with {@link DenyingRegistry.close} and forgets its images. */
export async function startDenyingRegistry(port = 5001): Promise<DenyingRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'devspace-registry-'));
  const address = `127.0.0.1:${port}`;
  const htpasswd = path.join(folder, 'htpasswd');
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: path.join(folder, 'data') } },
    auth: { htpasswd: { realm: 'devspace-test', path: htpasswd } },
    http: { addr: address },
  };
  await writeFile(htpasswd, HTPASSWD);
  await writeFile(path.join(folder, 'config.yml'), JSON.stringify(config));

  const child = run('docker-registry', ['serve', path.join(folder, 'config.yml')], { reject: false });
  const close = async (): Promise<void> => {
    child.kill();
    await child;
    await rm(folder, { recursive: true, force: true });
  };
  const ended = child.then((result) => Promise.reject(new Error(`docker-registry ended: ${result.stderr}`)));
  ended.catch(() => {});
  const listens = async (): Promise<void> => {
    while ((await probeStatus({ host: '127.0.0.1', port, path: '/v2/' })) !== 401) await delay(25);
  };
  try {
    await Promise.race([listens(), ended]);
  } catch (error) {
    await close();
    throw error;
  }
  return { address, user: USER, password: PASSWORD, close, [Symbol.asyncDispose]: close };
}
