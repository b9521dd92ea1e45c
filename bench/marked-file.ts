import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { SightingBook } from './sightings.js';

/** Content that a watcher can tell to be complete: it begins and ends with the token. */
export function markedContent(token: string, bytes: number): string {
  const mark = `${token}\n`;
  return mark + '.'.repeat(Math.max(0, bytes - 2 * mark.length)) + mark;
}

/** Watches a local folder for marked files, as the agent does in the container. */
export interface MarkedFiles extends Disposable {
  /** Resolves when the file of that token was seen complete. */
  seen(token: string): Promise<void>;
}

export function watchMarkedFiles(dir: string): MarkedFiles {
  const sightings = new SightingBook();
  const watcher: FSWatcher = watch(dir, (_, name) => {
    const token = name === null ? undefined : readToken(join(dir, name));
    if (token !== undefined) sightings.add(token);
  });
  return { seen: (token) => sightings.wait(token), [Symbol.dispose]: () => watcher.close() };
}

function readToken(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const mark = text.slice(0, text.indexOf('\n') + 1);
    return mark.length > 1 && text.length > mark.length && text.endsWith(mark) ? mark.trim() : undefined;
  } catch {
    return undefined;
  }
}
