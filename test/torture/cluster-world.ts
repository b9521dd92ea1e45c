import { execa } from 'execa';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Closing } from '../../src/base/closing.js';
import { makeNamespace, REGISTRY } from '../rig/cluster.js';
import { faultyCluster } from '../rig/fault-cluster.js';
import { pushedBusybox } from '../rig/images.js';
import { makeProject } from '../rig/project.js';
import { startAgent } from './agent.js';
import { bundle } from './bundle.js';
import { clusterFaults, networkFaults } from './cluster-faults.js';
import { diskFaults, helperFaults, processFaults } from './faults.js';
import { mountSmallDisk, withoutRootsRights } from './privileges.js';
import { SyncProcess } from './sync-process.js';
import { startTorturePod } from './torture-pod.js';
import type { World } from './world.js';

const remoteRoot = '/vol/tree';

/** Makes worlds. Disposing does not end those that were made. */
export interface Worlds extends AsyncDisposable {
  open(this: void): Promise<World>;
}

/** Worlds of the built `devspace sync` and pods of the tests' cluster. What is built now is what runs, whatever is built later. */
export async function clusterWorlds(): Promise<Worlds> {
  const images = { busybox: await pushedBusybox(), node: await pushedNode() };
  const agentProgram = await bundle('actor/agent.ts');
  const cli = copyOfBuild();
  return {
    open: () => clusterWorld(images, agentProgram, join(cli, 'bin/devspace.js')),
    [Symbol.asyncDispose]: async () => rmSync(cli, { recursive: true, force: true }),
  };
}

async function clusterWorld(
  images: { busybox: string; node: string },
  agentProgram: Buffer,
  cli: string,
): Promise<World> {
  const closing = new Closing();
  try {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'devspace-torture-')));
    closing.defer(() => rmSync(base, { recursive: true, force: true }));
    const disk = join(base, 'local');
    mkdirSync(disk);
    const canFill = mountSmallDisk(disk, closing);
    const localRoot = join(disk, 'tree');
    writeFileSync(join(base, 'agent.mjs'), agentProgram);

    const namespace = closing.use(await makeNamespace());
    const pod = await startTorturePod(namespace, images);
    const { proxy, KUBECONFIG } = closing.use(await faultyCluster(closing.use(await makeProject({}))));

    const startRemote = () => {
      const receive = `head -c ${agentProgram.length} > /agent.mjs; exec node /agent.mjs ${remoteRoot}`;
      const command = [
        'kubectl',
        '-n',
        namespace.name,
        'exec',
        '-i',
        pod.name,
        '-c',
        'user',
        '--',
        'sh',
        '-c',
        receive,
      ];
      return startAgent(command, agentProgram);
    };
    const agents = {
      local: closing.use(await startAgent([process.execPath, join(base, 'agent.mjs'), localRoot])),
      remote: await startRemote(),
    };
    closing.defer(() => agents.remote[Symbol.asyncDispose]());
    const target = [
      '-n',
      namespace.name,
      '-l',
      `app=${pod.name}`,
      '-c',
      'app',
      '--container-path',
      remoteRoot,
    ];
    const argv = [...withoutRootsRights(), process.execPath, cli, 'sync', ...target, '--output', 'json'];
    const sync = closing.use(
      new SyncProcess(() => ({ argv, cwd: localRoot, env: { KUBECONFIG, NO_COLOR: '1' } })),
    );
    const remote = () => agents.remote.ask;
    const replacePod = async (lostRemote: () => Promise<void>) => {
      await agents.remote[Symbol.asyncDispose]();
      await pod.remove();
      await lostRemote();
      sync.expectNew();
      await pod.start();
      agents.remote = await startRemote();
      await sync.ready();
    };
    return {
      sync,
      agent: (side) => agents[side],
      faults: [
        ...networkFaults(proxy),
        ...clusterFaults(remote, replacePod),
        ...processFaults(() => sync),
        ...helperFaults(remote, '/devspace-helper-'),
        ...diskFaults('local', () => agents.local.ask, canFill),
        ...diskFaults('remote', remote, true),
      ],
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

/** Node under a name that the cluster can pull, for the user in the container. */
async function pushedNode(): Promise<string> {
  const ref = `${REGISTRY}/torture-node:20`;
  await execa('docker', ['tag', 'node:20', ref]);
  await execa('docker', ['push', '--quiet', ref]);
  return ref;
}

/** The built CLI as it is now. */
function copyOfBuild(): string {
  const copy = mkdtempSync(join(tmpdir(), 'devspace-torture-cli-'));
  const source = fileURLToPath(new URL('../..', import.meta.url));
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(source, part), join(copy, part), { recursive: true });
  return copy;
}
