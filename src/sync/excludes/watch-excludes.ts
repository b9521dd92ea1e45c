import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** How long after a change the files are read: an editor or a checkout touches them several times. */
const SETTLE_MS = 150;

/**
 * Calls `changed` some time after one of `files` was touched, made or removed; at most once at a time, never again after disposal. Watches the
 * folders they are in, as a file that is replaced loses its own watch; folders that are not there are not watched.
 */
export function watchExcludes(files: readonly string[], changed: () => void): Disposable & { touch(): void } {
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;
  const touch = (): void => {
    if (!disposed) timer ??= setTimeout(() => ((timer = undefined), changed()), SETTLE_MS);
  };
  const byFolder = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = dirname(file);
    byFolder.set(folder, (byFolder.get(folder) ?? new Set()).add(basename(file)));
  }
  const watchers: FSWatcher[] = [];
  for (const [folder, names] of byFolder) {
    try {
      const watcher = watch(folder, (_, name) => {
        if (name === null || names.has(name)) touch();
      });
      // The folder went; a session that goes on does without.
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // Not there, or no more watches to be had: the next session reads anew.
    }
  }
  return {
    touch,
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
