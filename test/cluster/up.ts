import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { probe } from './api.js';
import { makeMissingImages } from './base-images.js';
import { type Before, readBefore, writeBefore } from './before.js';
import { buildMissing } from './binaries.js';
import { apiReady, createObjects, nodeReady, podsPossible } from './cluster-objects.js';
import { type ComponentName, components } from './components.js';
import { containerdSocket, writeConfigFiles } from './config-files.js';
import { runtimeAnswers } from './cri.js';
import { mustRun, startDaemon } from './daemon.js';
import { installDnsServer } from './dns.js';
import { ctr, loadDockerImages, loadPodImages } from './image-store.js';
import { certificateCredentials, writeKubeconfig } from './kubeconfig.js';
import { podNamespaces, wipeClusterState } from './leftovers.js';
import { fence, readNetwork, setUpNetwork } from './network.js';
import { installMissing } from './packages.js';
import { DOCKER_SOCKET, type Layout, REGISTRY } from './paths.js';
import { ensurePki } from './pki.js';
import { type OnProgress, step } from './progress.js';
import { noteRunningVersion, runningVersion } from './running-version.js';
import type { ServerVersion } from './versions.js';
import { waitFor } from './wait.js';

/**
 * Brings the cluster up from whatever state the machine is in: every step looks first at what is there, so a second `up`
 * only looks, and one after a crash starts what is missing.
 */
export async function bringUp(version: ServerVersion, layout: Layout, onProgress: OnProgress): Promise<void> {
  await installMissing(version, (packages) => onProgress(`installing ${packages.join(' ')}`));
  await buildMissing(version, layout, onProgress);
  await makeMissingImages(layout, onProgress);

  if (!runningVersion(layout)) {
    // Nothing was started since the last `down` or boot, so what is stored belongs to a cluster that is gone.
    await wipeClusterState(layout);
    await rm(layout.log, { recursive: true, force: true });
  }
  await noteRunningVersion(version, layout);
  const { ownDocker } = await rememberMachine(layout);
  await step(onProgress, 'network, certificates, configuration', async () => {
    await setUpNetwork();
    await ensurePki(layout);
    await writeKubeconfigs(layout);
    await writeConfigFiles(version, layout);
    await installDnsServer(layout);
  });

  const daemons = components(version, layout);
  const start = async (...names: ComponentName[]): Promise<void> => {
    for (const name of names) await startDaemon(daemons[name], layout);
  };
  const ready = (name: ComponentName, seconds: number, fact: () => Promise<boolean>): Promise<void> =>
    waitFor(`${name} ready`, seconds, fact, () => mustRun(name, layout));

  await step(onProgress, 'containerd, etcd, registry', async () => {
    await start('containerd', 'registry', 'etcd');
    await ready('etcd', 30, () => probe({ host: '127.0.0.1', port: 2379, path: '/health' }));
    await start('kube-apiserver');
    await ready('containerd', 30, async () => (await ctr(layout, ['version'])) !== undefined);
    await loadPodImages(layout);
    const [host, port] = REGISTRY.split(':');
    await ready('registry', 15, () => probe({ host, port, path: '/v2/' }));
  });
  if (ownDocker) await start('dockerd');
  await step(onProgress, 'kube-apiserver', () => ready('kube-apiserver', 90, () => apiReady(layout)));
  await step(onProgress, 'node', async () => {
    await start('kube-controller-manager', 'kube-scheduler', 'dns', 'kube-proxy');
    await ready('containerd', 30, () => runtimeAnswers(containerdSocket(layout)));
    await start('kubelet');
    await createObjects(layout);
    await ready('kubelet', 90, () => nodeReady(layout));
    await ready('kube-controller-manager', 60, () => podsPossible(version, layout));
    for (const name of ['kube-scheduler', 'kube-proxy', 'dns'] as const) await mustRun(name, layout);
  });
  await step(onProgress, 'docker and its base images', async () => {
    const answers = (): Promise<boolean> => probe({ socketPath: DOCKER_SOCKET, path: '/_ping' });
    if (ownDocker) await ready('dockerd', 60, answers);
    await loadDockerImages(layout);
    await fence(ownDocker);
  });
}

/** The kubeconfigs of the administrator and of the daemons. */
async function writeKubeconfigs(layout: Layout): Promise<void> {
  await writeKubeconfig(
    layout,
    layout.kubeconfig,
    'admin',
    await certificateCredentials(layout.pki, 'admin'),
  );
  for (const name of ['controller-manager', 'scheduler', 'proxy', 'kubelet']) {
    const file = path.join(layout.pki, `${name}.kubeconfig`);
    await writeKubeconfig(layout, file, name, await certificateCredentials(layout.pki, name));
  }
}

/** Notes the state of the machine, once per cluster and before anything is changed. */
async function rememberMachine(layout: Layout): Promise<Before> {
  const noted = await readBefore(layout);
  if (noted) return noted;
  const [ownDocker, namespaces, network] = await Promise.all([
    isDockerOurs(),
    podNamespaces(),
    readNetwork(),
  ]);
  const before: Before = { ...network, podNamespaces: namespaces, ownDocker };
  await writeBefore(before, layout);
  return before;
}

/** A docker daemon that is already there is used as it is; beside it a second one would fight over the bridge. */
async function isDockerOurs(): Promise<boolean> {
  if (!existsSync(DOCKER_SOCKET)) return true;
  const foreign = await probe({ socketPath: DOCKER_SOCKET, path: '/_ping' });
  if (!foreign) await rm(DOCKER_SOCKET, { force: true });
  return !foreign;
}
