import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Layout } from './paths.js';
import { serverVersions, type ServerVersion } from './versions.js';

/** The version whose daemons were started since the last `down`; undefined: none. */
export function runningVersion(layout: Layout): ServerVersion | undefined {
  if (!existsSync(file(layout))) return undefined;
  const noted = readFileSync(file(layout), 'utf8');
  return serverVersions.find((version) => version.kubernetes === noted);
}

export async function noteRunningVersion(version: ServerVersion, layout: Layout): Promise<void> {
  await mkdir(layout.run, { recursive: true });
  await writeFile(file(layout), version.kubernetes);
}

function file(layout: Layout): string {
  return path.join(layout.run, 'kubernetes-version');
}
