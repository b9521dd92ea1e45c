import path from 'node:path';
import { binDir, etcdBinary } from './binaries.js';
import { containerdSocket } from './config-files.js';
import type { Daemon } from './daemon.js';
import { upstreamNameServer } from './dns.js';
import { API_PORT, DOCKER_SOCKET, type Layout, NODE, NODE_IP, SERVICE_CIDR } from './paths.js';
import type { ServerVersion } from './versions.js';

export type ComponentName =
  | 'containerd'
  | 'dockerd'
  | 'registry'
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy'
  | 'dns';

/** Every daemon of the cluster with its arguments: pure data, no step of `up` is in here. */
export function components(version: ServerVersion, layout: Layout): Record<ComponentName, Daemon> {
  const kubernetes = (name: ComponentName, args: readonly string[]): Daemon => ({
    name,
    program: path.join(binDir(version, layout), name),
    args,
  });
  return {
    containerd: {
      name: 'containerd',
      program: 'containerd',
      args: ['--config', path.join(layout.etc, 'containerd.toml')],
    },
    dockerd: { name: 'dockerd', program: 'dockerd', args: dockerd(layout) },
    registry: {
      name: 'registry',
      program: 'docker-registry',
      args: ['serve', path.join(layout.etc, 'registry.yml')],
    },
    etcd: { name: 'etcd', program: etcdBinary(version, layout), args: etcd(layout) },
    'kube-apiserver': kubernetes('kube-apiserver', apiServer(layout)),
    'kube-controller-manager': kubernetes('kube-controller-manager', controllerManager(version, layout)),
    'kube-scheduler': kubernetes('kube-scheduler', scheduler(version, layout)),
    kubelet: kubernetes('kubelet', kubelet(version, layout)),
    'kube-proxy': kubernetes('kube-proxy', [`--config=${path.join(layout.etc, 'kube-proxy.yaml')}`, '--v=1']),
    dns: {
      name: 'dns',
      program: process.execPath,
      args: [path.join(layout.etc, 'dns-server.mjs'), layout.pki, NODE_IP, ...upstreamNameServer()],
    },
  };
}

function dockerd(layout: Layout): string[] {
  return [
    `--containerd=${containerdSocket(layout)}`,
    `--data-root=${path.join(layout.data, 'docker')}`,
    `--exec-root=${path.join(layout.run, 'docker')}`,
    `--pidfile=${path.join(layout.run, 'dockerd.pid')}`,
    `--host=unix://${DOCKER_SOCKET}`,
  ];
}

function etcd(layout: Layout): string[] {
  const client = 'http://127.0.0.1:2379';
  const peer = 'http://127.0.0.1:2380';
  return [
    '--name=default',
    `--data-dir=${path.join(layout.data, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // A test cluster may lose its last second in a power cut; waiting for the disk at each write costs more.
    '--unsafe-no-fsync',
    '--logger=zap',
    '--log-level=warn',
  ];
}

function apiServer(layout: Layout): string[] {
  const pki = (name: string): string => path.join(layout.pki, name);
  const issuer = 'https://kubernetes.default.svc';
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    '--bind-address=0.0.0.0',
    `--secure-port=${API_PORT}`,
    `--advertise-address=${NODE_IP}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--service-account-key-file=${pki('sa.pub')}`,
    `--service-account-signing-key-file=${pki('sa.key')}`,
    `--service-account-issuer=${issuer}`,
    `--api-audiences=${issuer}`,
    `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('kubelet-client.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--requestheader-client-ca-file=${pki('ca.crt')}`,
    '--requestheader-allowed-names=front-proxy',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    '--profiling=false',
    '--v=1',
  ];
}

function controllerManager(version: ServerVersion, layout: Layout): string[] {
  const pki = (name: string): string => path.join(layout.pki, name);
  return [
    ...clientOf(layout, 'controller-manager'),
    `--service-account-private-key-file=${pki('sa.key')}`,
    `--root-ca-file=${pki('ca.crt')}`,
    `--cluster-signing-cert-file=${pki('ca.crt')}`,
    `--cluster-signing-key-file=${pki('ca.key')}`,
    '--use-service-account-credentials=false',
    '--enable-hostpath-provisioner=true',
    // Node address management held every controller back by 10 s; one node needs none.
    '--allocate-node-cidrs=false',
    ...alone(version),
  ];
}

function scheduler(version: ServerVersion, layout: Layout): string[] {
  return [...clientOf(layout, 'scheduler'), ...alone(version)];
}

function kubelet(version: ServerVersion, layout: Layout): string[] {
  return [
    `--config=${path.join(layout.etc, 'kubelet.yaml')}`,
    `--kubeconfig=${path.join(layout.pki, 'kubelet.kubeconfig')}`,
    `--root-dir=${path.join(layout.data, 'kubelet')}`,
    `--cert-dir=${path.join(layout.data, 'kubelet', 'pki')}`,
    `--node-ip=${NODE_IP}`,
    `--hostname-override=${NODE}`,
    ...(version.runtimeInKubeletFile
      ? []
      : ['--container-runtime=remote', `--container-runtime-endpoint=unix://${containerdSocket(layout)}`]),
    '--v=1',
  ];
}

function clientOf(layout: Layout, name: string): string[] {
  const file = path.join(layout.pki, `${name}.kubeconfig`);
  return [
    `--kubeconfig=${file}`,
    `--authentication-kubeconfig=${file}`,
    `--authorization-kubeconfig=${file}`,
  ];
}

/** One instance: no election to wait for. */
function alone(version: ServerVersion): string[] {
  return [
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    ...(version.insecurePorts ? ['--port=0'] : []),
    '--v=1',
  ];
}
