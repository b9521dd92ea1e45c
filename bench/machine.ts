import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures depend on and a reader needs to judge them. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly kernel: string;
  readonly node: string;
  /** Undefined when no cluster was used. */
  readonly kubernetes: string | undefined;
  /** Load of the last minute when the run began: other work on the machine. */
  readonly load: number;
}

export async function describeMachine(withCluster: boolean): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: systemName(),
    kernel: release(),
    node: process.version,
    kubernetes: withCluster ? await serverVersion() : undefined,
    load: loadavg()[0] ?? 0,
  };
}

/** One line for people. */
export function machineLine(machine: Machine): string {
  const { cores, cpu, kernel, kubernetes, load, memoryGiB, node, system } = machine;
  return [
    `${cores} x ${cpu}`,
    `${memoryGiB} GiB`,
    `${system}, kernel ${kernel}`,
    `Node ${node}`,
    ...(kubernetes === undefined ? [] : [`Kubernetes ${kubernetes}`]),
    `load at the start ${load.toFixed(1)}`,
  ].join('; ');
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

async function serverVersion(): Promise<string> {
  const { stdout } = await execa('kubectl', ['version', '--output=json']);
  const { serverVersion } = JSON.parse(stdout) as { serverVersion?: { gitVersion?: string } };
  return serverVersion?.gitVersion ?? 'unknown';
}
