import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where the cluster lives. Everything is outside the repository, so that a clean checkout starts from built binaries:
 * `bin` and `images` are the cache and survive everything but a person's `rm`; the rest is state.
 */
export interface Layout {
  root: string;
  /** Built binaries, one folder per product and version. */
  bin: string;
  /** Base images as `docker save` archives. */
  images: string;
  /** Sources and intermediate files of builds. */
  src: string;
  /** Generated configuration files. */
  etc: string;
  pki: string;
  /** Data of the daemons: etcd, kubelet, containerd, docker, registry. */
  data: string;
  log: string;
  /** Sockets and pid files: on a tmpfs, so that a reboot forgets them. */
  run: string;
  /** The administrator's kubeconfig, for tests and people. */
  kubeconfig: string;
}

export function clusterLayout(env: NodeJS.ProcessEnv = process.env): Layout {
  const cache = env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  const root = path.resolve(env['DEVSPACE_CLUSTER_DIR'] || path.join(cache, 'devspace-cluster'));
  return {
    root,
    bin: path.join(root, 'bin'),
    images: path.join(root, 'images'),
    src: path.join(root, 'src'),
    etc: path.join(root, 'etc'),
    pki: path.join(root, 'pki'),
    data: path.join(root, 'data'),
    log: path.join(root, 'log'),
    run: '/run/devspace-cluster',
    kubeconfig: path.join(root, 'kubeconfig'),
  };
}

/** The one node's name and the addresses everything agrees on. */
export const NODE = 'node1';
export const BRIDGE = 'devspace0';
export const NODE_IP = '10.244.0.1';
export const POD_CIDR = '10.244.0.0/24';
export const SERVICE_CIDR = '10.96.0.0/24';
export const SERVICE_IP = '10.96.0.1';
export const API_PORT = 6443;
export const REGISTRY = '127.0.0.1:5000';
export const DOCKER_SOCKET = '/var/run/docker.sock';
