import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PAUSE_IMAGE } from './base-images.js';
import { OUTSIDE_ALLOWED } from './network.js';
import { CNI_PLUGINS } from './packages.js';
import { BRIDGE, type Layout, NODE, NODE_IP, POD_CIDR, REGISTRY } from './paths.js';
import type { ServerVersion } from './versions.js';

export function containerdSocket(layout: Layout): string {
  return path.join(layout.run, 'containerd.sock');
}

/** Writes every daemon's configuration. Most of them read YAML, of which JSON is a part. */
export async function writeConfigFiles(version: ServerVersion, layout: Layout): Promise<void> {
  const files: Record<string, string> = {
    'cni/10-bridge.conflist': JSON.stringify(cni(layout), null, 2),
    'containerd.toml': containerd(layout),
    'registry.yml': JSON.stringify(registry(layout), null, 2),
    'kubelet.yaml': JSON.stringify(kubelet(version, layout), null, 2),
    'kube-proxy.yaml': JSON.stringify(kubeProxy(layout), null, 2),
    // Pods ask the cluster's own name server; there is none behind it unless the outside is allowed.
    'resolv.conf': '',
  };
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(layout.etc, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

function cni(layout: Layout): object {
  const range = { subnet: POD_CIDR, rangeStart: '10.244.0.10', gateway: NODE_IP };
  const ipam = {
    type: 'host-local',
    dataDir: path.join(layout.data, 'cni'),
    ranges: [[range]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const bridge = {
    type: 'bridge',
    bridge: BRIDGE,
    isGateway: true,
    hairpinMode: true,
    ipMasq: OUTSIDE_ALLOWED,
    ipam,
  };
  const portmap = { type: 'portmap', capabilities: { portMappings: true } };
  return { cniVersion: '0.4.0', name: 'devspace-cluster', plugins: [bridge, portmap] };
}

function containerd(layout: Layout): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const mirror = (host: string): string =>
    `[${cri}.registry.mirrors."${host}"]\n  endpoint = ["http://${REGISTRY}"]`;
  return `version = 2
root = "${path.join(layout.data, 'containerd')}"
state = "${path.join(layout.run, 'containerd')}"
disabled_plugins = [
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper",
]
[grpc]
  address = "${containerdSocket(layout)}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${path.join(layout.data, 'containerd-opt')}"
[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  stream_server_address = "127.0.0.1"
  # Without CAP_SYS_RESOURCE a negative oom_score_adj cannot be written, and no sandbox would start.
  restrict_oom_score_adj = true
[${cri}.cni]
  bin_dir = "${CNI_PLUGINS}"
  conf_dir = "${path.join(layout.etc, 'cni')}"
[${cri}.containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
${mirror(REGISTRY)}
${mirror('localhost:5000')}
`;
}

function registry(layout: Layout): object {
  return {
    version: 0.1,
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: path.join(layout.data, 'registry') }, delete: { enabled: true } },
    http: { addr: REGISTRY },
  };
}

function kubelet(version: ServerVersion, layout: Layout): object {
  const pki = (name: string): string => path.join(layout.pki, name);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NODE_IP,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki('kubelet.crt'),
    tlsPrivateKeyFile: pki('kubelet.key'),
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    healthzBindAddress: '127.0.0.1',
    resolvConf: OUTSIDE_ALLOWED ? '/etc/resolv.conf' : path.join(layout.etc, 'resolv.conf'),
    clusterDomain: 'cluster.local',
    clusterDNS: [NODE_IP],
    // Never delete an image or evict a pod because of what else is on this disk.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1Gi', 'imagefs.available': '1Gi' },
    // The first Ready is posted at the second update.
    nodeStatusUpdateFrequency: '1s',
    nodeStatusReportFrequency: '1m',
    syncFrequency: '5s',
    oomScoreAdj: 0,
    serializeImagePulls: false,
    ...(version.runtimeInKubeletFile && { containerRuntimeEndpoint: `unix://${containerdSocket(layout)}` }),
    ...(version.refusesCgroupV1 && { failCgroupV1: false }),
  };
}

function kubeProxy(layout: Layout): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    bindAddress: NODE_IP,
    clusterCIDR: POD_CIDR,
    hostnameOverride: NODE,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    clientConnection: { kubeconfig: path.join(layout.pki, 'proxy.kubeconfig') },
    conntrack: { maxPerCore: 0 },
    oomScoreAdj: 0,
    nodePortAddresses: ['127.0.0.0/8', POD_CIDR],
    iptables: { minSyncPeriod: '200ms', syncPeriod: '30s' },
  };
}
