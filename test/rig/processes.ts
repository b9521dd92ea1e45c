import { readdir, readFile } from 'node:fs/promises';

/** An environment variable that a started CLI and whatever it starts in turn carry, so that nothing of it can hide. */
export const MARK = 'DEVSPACE_E2E_MARK';

/** The command lines of live processes with that mark in their environment; none where there is no /proc. */
export async function processesWith(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const environment = await readFile(`/proc/${name}/environ`, 'utf8');
      if (!environment.split('\0').includes(`${MARK}=${mark}`)) continue;
      const command = (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      // A zombie has no command line any more.
      if (command !== '') found.push(`${name} ${command}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}
