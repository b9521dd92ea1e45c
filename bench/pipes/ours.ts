import { build } from 'esbuild';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SyncSubject } from '../subject.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * `src/sync` of the checkout at `source` between two folders of this machine, with a built helper. `temporary` is a folder for what it needs meanwhile;
 * the caller removes it.
 */
export async function oursOverPipes(
  { helperDir, source }: { source: string; helperDir: string },
  temporary: string,
  name = 'devspace',
): Promise<SyncSubject> {
  const program = join(temporary, `${name.replaceAll(/\W/g, '')}.mjs`);
  await build({
    // Another checkout has not got this program, or another form of it.
    stdin: {
      contents: readFileSync(join(here, 'session.ts'), 'utf8'),
      resolveDir: join(source, 'bench', 'pipes'),
      loader: 'ts',
    },
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  const state = join(temporary, `${name.replaceAll(/\W/g, '')}-state`);
  mkdirSync(state, { recursive: true });
  return {
    name,
    far: 'devspace-helper-\\S+ serve',
    sync: ({ local, remote }) => ({
      argv: [process.execPath, program, local, remote, state, helperDir],
      cwd: remote,
      isBegun: (line) => line.startsWith('{"begin"'),
      isReady: (line) => line.startsWith('{"ready"'),
    }),
  };
}
