import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Layout } from './paths.js';
import { serverVersions, type ServerVersion } from './versions.js';

/** The version whose daemons were started since the last `down`; undefined: none. */
export async function runningVersion(layout: Layout): Promise<ServerVersion | undefined> {
  const noted = await readFile(file(layout), 'utf8').catch(() => undefined);
  return serverVersions.find((version) => version.kubernetes === noted);
}

export async function noteRunningVersion(version: ServerVersion, layout: Layout): Promise<void> {
  await mkdir(layout.run, { recursive: true });
  await writeFile(file(layout), version.kubernetes);
}

function file(layout: Layout): string {
  return path.join(layout.run, 'kubernetes-version');
}
