import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { components } from '../cluster/components.js';
import { kubeconfigVia } from '../cluster/index.js';
import { clusterLayout } from '../cluster/paths.js';
import { readIdentity } from '../cluster/pki.js';
import { runningVersion } from '../cluster/running-version.js';
import { freePort } from './app.js';
import type { Project } from './project.js';
import { until } from './until.js';

/** A second kube-apiserver of the tests' own cluster, which may be killed: others go on with the first. */
export interface ApiServer extends AsyncDisposable {
  /** For the environment: the administrator of the cluster, by this server. The file lies in the project. */
  readonly KUBECONFIG: string;
  /** SIGKILL: connections end, nobody is told why. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it says that it is ready. */
  start(): Promise<void>;
}

/** Starts one beside the cluster's own: the same etcd, the same certificates, a port of its own. */
export async function startApiServer(project: Project): Promise<ApiServer> {
  const layout = clusterLayout();
  const version = runningVersion(layout);
  if (version === undefined) throw new Error("the tests' own cluster does not run");
  const { args, program } = components(version, layout)['kube-apiserver'];
  const port = await freePort();
  let child: ChildProcess | undefined;

  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    const mine = [
      ...args.filter((arg) => !arg.startsWith('--secure-port=') && !arg.startsWith('--bind-address=')),
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      // The service `kubernetes` stays with the first.
      '--endpoint-reconciler-type=none',
    ];
    let text = '';
    child = spawn(program, mine, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => (text = (text + String(chunk)).slice(-100_000)));
    try {
      await until('the second API server', () => isReady(port), 90_000);
    } catch (error) {
      throw new Error(text.split('\n').slice(-10).join('\n'), { cause: error });
    }
  };
  await start();
  return {
    KUBECONFIG: await kubeconfigVia(port, project.path('kubeconfig')),
    kill,
    start,
    [Symbol.asyncDispose]: kill,
  };
}

async function isReady(port: number): Promise<boolean> {
  const { pki } = clusterLayout();
  const { certificate, key } = await readIdentity(pki, 'admin');
  const ca = await readFile(join(pki, 'ca.crt'));
  const options = { host: '127.0.0.1', port, path: '/readyz', ca, cert: certificate, key, agent: false };
  return new Promise((resolve) => {
    const asked = request({ ...options, timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
