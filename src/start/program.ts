import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { cacheFolder } from '../base/cache-folder.js';
import { CodeCache } from './code-cache.js';

/** Names one build of the program. */
declare const DEVSPACE_BUILD: string;

/** By then everything that a run needs at its start has been compiled. Later V8 forgets again what was needed only once. */
const STARTED_MS = 5000;

/**
 * Runs the program in `file`, with what V8 has compiled in an earlier run of the same command where that is known. Reading and compiling it anew takes
 * most of the time of a short command. Otherwise it is kept for the next run, as soon as this one has started or ended.
 */
export function startProgram(file: string, argv: readonly string[]): void {
  const caches = cacheFolder(process.env);
  const cache =
    caches === undefined ? undefined : new CodeCache(join(caches, 'devspace', 'code'), DEVSPACE_BUILD);
  const found = cache?.find(argv);
  const source = readFileSync(file, 'latin1');
  const script = new Script(source, { filename: file, cachedData: found?.data });
  const isKnown = found !== undefined && script.cachedDataRejected !== true;
  /** Called by the program with the command it runs. */
  const keepCode = (command: string): void => {
    if (cache === undefined || (isKnown && found.command === command)) return;
    const keep = (): void => {
      clearTimeout(timer);
      process.off('exit', keep);
      cache.keep(command, script.createCachedData());
    };
    const timer = setTimeout(keep, STARTED_MS).unref();
    process.once('exit', keep);
  };
  const program = script.runInThisContext() as Program;
  program(createRequire(file), file, keepCode);
}

/** What the build makes of src/cli.ts. */
type Program = (require: NodeJS.Require, filename: string, keepCode: (command: string) => void) => void;
