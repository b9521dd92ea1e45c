import { execa } from 'execa';
import { REGISTRY } from './cluster.js';

/** busybox under a name that the cluster can pull, pushed there. */
export async function pushedBusybox(): Promise<string> {
  const ref = `${REGISTRY}/e2e-busybox:1`;
  await execa('docker', ['tag', 'busybox:1', ref]);
  await execa('docker', ['push', '--quiet', ref]);
  return ref;
}

/** An image made from these Dockerfile lines without any context, pushed under that name. */
export async function pushedImage(ref: string, dockerfile: string): Promise<string> {
  await execa('docker', ['build', '--quiet', '--tag', ref, '-'], { input: dockerfile });
  await execa('docker', ['push', '--quiet', ref]);
  return ref;
}
