import { run } from './run.js';
import { BRIDGE } from './paths.js';

/** Chains of kubelet, kube-proxy and the CNI port mapper; and, when dockerd is the rig's own, those of docker. */
const KUBERNETES_CHAINS = /^(KUBE-|CNI-)/;
const DOCKER_CHAINS = /^DOCKER/;

/**
 * An `iptables-save` text without what the cluster added: its chains, every rule that names one of them, one of its
 * bridges or the pods' network. The rest is untouched, counters included.
 */
export function withoutCluster(saved: string, dockerToo: boolean): string {
  const isOurs = (chain: string): boolean =>
    KUBERNETES_CHAINS.test(chain) || (dockerToo && DOCKER_CHAINS.test(chain));
  const kept = saved.split('\n').filter((line) => {
    const words = line.split(/\s+/);
    const first = words[0] ?? '';
    if (first.startsWith(':')) return !isOurs(first.slice(1));
    if (first !== '-A') return true;
    if (isOurs(words[1] ?? '')) return false;
    if (words.includes(BRIDGE)) return false;
    if (dockerToo && (words.includes('docker0') || words.includes('172.17.0.0/16'))) return false;
    const target = words[words.findIndex((word) => word === '-j' || word === '-g') + 1] ?? '';
    return !isOurs(target);
  });
  return kept.join('\n');
}

/** Removes the cluster's rules from this machine, in one atomic step per protocol. */
export async function removeClusterRules(dockerToo: boolean): Promise<void> {
  for (const tool of ['iptables', 'ip6tables']) {
    const saved = await run(`${tool}-save`, { reject: false, stripFinalNewline: false });
    if (saved.failed) continue;
    const kept = withoutCluster(saved.stdout, dockerToo);
    if (kept !== saved.stdout) await run(`${tool}-restore`, { input: kept });
  }
}
