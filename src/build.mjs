// Bundles src/cli.ts into dist/: one small entry and a chunk per command, loaded when it is used.
import { build } from 'esbuild';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

// commander loads it for subcommands that are programs of their own, of which there are none. With it come net and streams: 2 ms of every start.
const noSubprocessesInCommander = {
  name: 'no-subprocesses-in-commander',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /node_modules.commander./.test(importer) ? { path: 'child_process', namespace: 'none' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const { metafile } = await build({
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [noSubprocessesInCommander],
  // yaml's own ESM build: its main entry is CommonJS, which cannot be tree-shaken and loads slower.
  alias: { yaml: fileURLToPath(new URL('../node_modules/yaml/browser/index.js', import.meta.url)) },
  define: { DEVSPACE_VERSION: JSON.stringify(version) },
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  metafile: true,
});

// Chunks of earlier builds would pile up in the package.
const fresh = new Set(Object.keys(metafile.outputs));
for (const name of readdirSync('dist/chunks')) {
  const path = `dist/chunks/${name}`;
  if (!fresh.has(path)) rmSync(path, { force: true });
}

// Data that `devspace init` reads.
rmSync('dist/templates', { recursive: true, force: true });
cpSync('src/init/templates', 'dist/templates', { recursive: true, filter: (path) => !path.endsWith('.ts') });

// The bundle contains these packages, so it has to carry their licences.
const bundled = new Set(
  Object.keys(metafile.inputs).flatMap(
    (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  ),
);
const notices = [...bundled].toSorted().map((name) => {
  const folder = `node_modules/${name}`;
  const about = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : `Licence: ${about.license}`;
  return `${name} ${about.version}\n\n${text}\n`;
});
writeFileSync('dist/THIRD_PARTY_LICENSES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
