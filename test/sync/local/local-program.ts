import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Opens a folder as the local side and prints what it tells, one JSON value a line. */
const program = (source: string) => `
  import { openLocal } from ${JSON.stringify(join(source, 'sync/local/local.ts'))};
  import { compileRules } from ${JSON.stringify(join(source, 'sync/core/ignore.ts'))};
  const print = (value) => console.log(JSON.stringify(value));
  const local = openLocal(process.argv[2], compileRules({}));
  let listed = false;
  const known = {};
  local.watch({
    changed: (seen) => {
      for (const { path, kind, size } of seen) {
        if (kind === 'unreadable') for (const below in known) if (below.startsWith(path + '/')) delete known[below];
        if (listed && known[path] !== kind + size) print({ path, kind });
        known[path] = kind + size;
      }
    },
    scanning: () => ({ end() {} }),
    lost() {},
    degraded: (text) => print({ degraded: text }),
    failed: (failure) => print({ failed: String(failure) }),
  });
  // Asked for a look at everything.
  process.on('SIGUSR2', () => void local.scan(''));
  local.scan('').then(() => { listed = true; print({ listed }); });
`;

/** Makes that program, for a process with limits or rights of its own; the path of its one file, in the given folder. */
export async function bundleLocal(place: string): Promise<string> {
  const outfile = join(place, 'local.mjs');
  const source = fileURLToPath(new URL('../../../src', import.meta.url));
  await build({
    stdin: { contents: program(source), resolveDir: source, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}
