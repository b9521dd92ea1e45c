import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where a user's programs keep what can be made again; undefined where there is no home. */
export function cacheFolder(
  env: NodeJS.ProcessEnv,
  platform = process.platform,
  home: () => string = homedir,
): string | undefined {
  try {
    if (platform === 'win32') return env['LOCALAPPDATA'] || join(home(), 'AppData', 'Local');
    if (platform === 'darwin') return join(home(), 'Library', 'Caches');
    const named = env['XDG_CACHE_HOME'] ?? '';
    return isAbsolute(named) ? named : join(home(), '.cache');
  } catch {
    // A user without an entry in /etc/passwd and without HOME, as some containers have it.
    return undefined;
  }
}
