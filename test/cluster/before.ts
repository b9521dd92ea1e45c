import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Layout } from './paths.js';

/** What the machine had before the rig's first change to it: `down` puts that back, and keeps its hands off the rest. */
export interface Before {
  /** Kernel settings, by their path below /proc/sys. */
  settings: Record<string, string>;
  /** The policy of the FORWARD chain. */
  forwardPolicy: string;
  /** Network namespaces of another's pods. */
  podNamespaces: string[];
  /** Whether docker's bridge, rules and control groups are the rig's to remove: nobody else's daemon ran. */
  ownDocker: boolean;
}

export async function readBefore(layout: Layout): Promise<Before | undefined> {
  const text = await readFile(file(layout), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Before);
}

export async function writeBefore(before: Before, layout: Layout): Promise<void> {
  await mkdir(layout.run, { recursive: true });
  await writeFile(file(layout), JSON.stringify(before));
}

function file(layout: Layout): string {
  return path.join(layout.run, 'before.json');
}
