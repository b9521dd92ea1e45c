import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { containerFlags, followFlags } from '../ours.js';
import type { Call, DevProject, Subject } from '../subject.js';

/** DevSpace 6 at `binary`, with a home of its own (it keeps a cache there), removed when disposed. */
export function devspace6(binary: string): Subject & Disposable {
  const home = mkdtempSync(join(tmpdir(), 'devspace6-home-'));
  const env = { HOME: home, DEVSPACE_SKIP_VERSION_CHECK: 'true' };
  const inProject = (project: DevProject, ...args: string[]): Call => ({
    argv: [binary, ...args, '--namespace', project.namespace, '--no-warn'],
    cwd: project.dir,
    env,
  });
  return {
    name: 'DevSpace 6',
    rounds: 2,
    startups: {
      '--help': { argv: [binary, '--help'], env },
      '--version': { argv: [binary, '--version'], env },
    },
    far: 'devspacehelper',
    sync: ({ local, place, remote }) => ({
      argv: [binary, 'sync', '--no-warn', ...containerFlags(place), '--path', `${local}:${remote}`],
      cwd: local,
      env,
      isReady: isInitialSyncDone,
    }),
    dev: (project) => {
      writeFileSync(join(project.dir, 'devspace.yaml'), quickstartConfig(project));
      return { ...inProject(project, 'dev'), isReady: isInitialSyncDone };
    },
    logs: (pod, namespace) => ({
      argv: [binary, ...followFlags(pod, namespace), '--lines', '10000000', '--no-warn'],
      env,
    }),
    purge: (project) => inProject(project, 'purge'),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** It prints one such line for each direction first, then this one for both. */
function isInitialSyncDone(line: string): boolean {
  return /(?<!stream - )Initial sync completed/.test(line);
}

/** examples/quickstart/devspace.yaml in its own format. */
function quickstartConfig({ port, repository }: DevProject): string {
  return stringify({
    version: 'v2beta1',
    name: 'quickstart',
    images: { app: { image: repository } },
    deployments: { quickstart: { kubectl: { manifests: ['kube'] } } },
    dev: {
      app: {
        imageSelector: repository,
        logs: {},
        ports: [{ port: `${port}:3000` }],
        sync: [{ path: './:/app', excludePaths: ['Dockerfile', 'devspace.yaml', 'kube/', 'node_modules/'] }],
      },
    },
  });
}
