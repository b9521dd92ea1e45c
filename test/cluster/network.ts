import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Before } from './before.js';
import { run } from './run.js';
import { removeClusterRules } from './iptables.js';
import { BRIDGE, NODE_IP } from './paths.js';

const settings: Readonly<Record<string, string>> = {
  // Before dockerd starts: it sets the policy of FORWARD to DROP where it finds this off.
  'net/ipv4/ip_forward': '1',
  // Pods of one node reach each other's services through the bridge.
  'net/bridge/bridge-nf-call-iptables': '1',
  'fs/inotify/max_user_instances': '1024',
};

/** Whether pods and containers may reach the world. Not by default: no test may depend on it. */
export const OUTSIDE_ALLOWED = process.env['DEVSPACE_CLUSTER_OUTSIDE'] === '1';

/** The pods' bridge with the node's address, and forwarding. */
export async function setUpNetwork(): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await raiseSetting(name, value);
  await run('iptables', ['-P', 'FORWARD', 'ACCEPT']);
  if (!existsSync(`/sys/class/net/${BRIDGE}`)) await run('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
  await run('ip', ['addr', 'replace', `${NODE_IP}/24`, 'dev', BRIDGE]);
  await run('ip', ['link', 'set', BRIDGE, 'up']);
}

/** Rejects what pods and containers send to the outside. On top of docker's rules, so after dockerd has made them. */
export async function fence(ownDocker: boolean): Promise<void> {
  for (const bridge of ownDocker ? [BRIDGE, 'docker0'] : [BRIDGE]) {
    const rule = ['FORWARD', '-i', bridge, '!', '-o', bridge, '-j', 'REJECT'];
    await run('iptables', ['-w', '-D', ...rule], { reject: false });
    if (!OUTSIDE_ALLOWED) await run('iptables', ['-w', '-I', ...rule]);
  }
}

/** Puts the machine's network back as it was. */
export async function tearDownNetwork(before: Before | undefined): Promise<void> {
  await removeClusterRules(before?.ownDocker ?? false);
  const links = before?.ownDocker ? [BRIDGE, 'docker0'] : [BRIDGE];
  for (const link of links) {
    if (existsSync(`/sys/class/net/${link}`)) await run('ip', ['link', 'del', link], { reject: false });
  }
  if (!before) return;
  await run('iptables', ['-P', 'FORWARD', before.forwardPolicy], { reject: false });
  for (const [name, value] of Object.entries(before.settings)) await writeSetting(name, value);
}

/** What {@link setUpNetwork} is about to change. */
export async function readNetwork(): Promise<Pick<Before, 'settings' | 'forwardPolicy'>> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(settings)) {
    const value = await readFile(`/proc/sys/${name}`, 'utf8').catch(() => undefined);
    if (value !== undefined) found[name] = value.trim();
  }
  const { stdout } = await run('iptables', ['-S', 'FORWARD']);
  return { settings: found, forwardPolicy: /^-P FORWARD (\S+)/m.exec(stdout)?.[1] ?? 'ACCEPT' };
}

/** All settings here are fine as soon as they are this high. */
async function raiseSetting(name: string, value: string): Promise<void> {
  const now = await readFile(`/proc/sys/${name}`, 'utf8').catch(() => '0');
  if (Number(now) < Number(value)) await writeSetting(name, value);
}

async function writeSetting(name: string, value: string): Promise<void> {
  const file = `/proc/sys/${name}`;
  const now = await readFile(file, 'utf8').catch(() => undefined);
  // A module that is not loaded has no setting; one that is right may be read-only in a container.
  if (now === undefined || now.trim() === value) return;
  await writeFile(file, value).catch(() => {});
}
