import { Failure } from '../../src/base/failure.js';

/** A Kubernetes server this rig can build and run, and what differs between them. */
export interface ServerVersion {
  /** What a person asks for. */
  name: string;
  kubernetes: string;
  /** From Go modules, or from the source package of Debian bookworm (the oldest with a whole tree). */
  source: 'modules' | 'debian';
  /** The etcd built beside it; undefined: the distribution's package is good enough. */
  etcd: string | undefined;
  /** kubelet takes the container runtime's address from its file; before, from flags. */
  runtimeInKubeletFile: boolean;
  /** kubelet stops on cgroup v1 unless told not to. */
  refusesCgroupV1: boolean;
  /** controller-manager and scheduler open an unprotected port unless told not to. */
  insecurePorts: boolean;
  /** Service accounts get a secret with a token when they are made. */
  tokenSecrets: boolean;
}

export const serverVersions: readonly ServerVersion[] = [
  {
    name: '1.35',
    kubernetes: '1.35.4',
    source: 'modules',
    etcd: '3.6.8',
    runtimeInKubeletFile: true,
    refusesCgroupV1: true,
    insecurePorts: false,
    tokenSecrets: false,
  },
  {
    name: '1.20',
    kubernetes: '1.20.2',
    source: 'debian',
    etcd: undefined,
    runtimeInKubeletFile: false,
    refusesCgroupV1: false,
    insecurePorts: true,
    tokenSecrets: true,
  },
];

/** Without a name: the current one, first in the table. */
export function serverVersion(name?: string): ServerVersion {
  const wanted = name?.replace(/^v/, '');
  const found = serverVersions.find((v) => !wanted || v.name === wanted || v.kubernetes === wanted);
  if (found) return found;
  throw new Failure({
    code: 'CLUSTER_VERSION_UNKNOWN',
    message: `This rig cannot run Kubernetes ${name}`,
    hint: `Use --kubernetes with one of: ${serverVersions.map((v) => v.name).join(', ')}`,
    exitCode: 2,
  });
}
