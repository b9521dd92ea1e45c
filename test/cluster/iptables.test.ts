import { expect, test } from 'vitest';
import { withoutCluster } from './iptables.js';

const own = [
  '*filter',
  ':INPUT ACCEPT [10:20]',
  ':FORWARD DROP [0:0]',
  ':MY-CHAIN - [0:0]',
  '-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j ACCEPT',
  '-A FORWARD -j MY-CHAIN',
  '-A FORWARD -s 172.17.0.0/16 -o wg0 -j ACCEPT',
  'COMMIT',
  '',
];

const added = {
  kubernetes: [
    ':KUBE-FORWARD - [0:0]',
    ':CNI-HOSTPORT-DNAT - [0:0]',
    '-A INPUT -m comment --comment "kubernetes health" -j KUBE-NODEPORTS',
    '-A FORWARD -i devspace0 ! -o devspace0 -j REJECT --reject-with icmp-port-unreachable',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
  ],
  docker: [
    ':DOCKER - [0:0]',
    '-A FORWARD -o docker0 -j DOCKER',
    '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
    '-A DOCKER-USER -j RETURN',
  ],
};

const around = (lines: readonly string[]): string =>
  [...own.slice(0, 5), ...lines, ...own.slice(5)].join('\n');

test('takes out what the cluster added and nothing else', () => {
  expect(withoutCluster(around(added.kubernetes), false)).toBe(own.join('\n'));
});

test("leaves docker alone where the daemon is not the rig's", () => {
  const saved = around([...added.docker, ...added.kubernetes]);
  expect(withoutCluster(saved, false)).toBe(around(added.docker));
});

test('takes out docker, too, where it is', () => {
  const kept = withoutCluster(around([...added.docker, ...added.kubernetes]), true);
  expect(kept).toBe(own.filter((line) => !line.includes('172.17.0.0/16')).join('\n'));
});
