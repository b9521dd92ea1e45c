// Bundles src/ into dist/: a small start and the program, see src/start/.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
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

// inquirer brings an editor's prompt, which nobody asks for, and with it half a megabyte of character sets.
const noEditorInInquirer = {
  name: 'no-editor-in-inquirer',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@inquirer\/editor$/ }, ({ path }) => ({ path, namespace: 'no-editor' }));
    onLoad({ filter: /./, namespace: 'no-editor' }, () => ({ contents: 'export default undefined;' }));
  },
};

for (const old of ['chunks', 'cli.js']) rmSync(`dist/${old}`, { recursive: true, force: true });
const options = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
};

// One function that start/program.ts calls.
const { metafile } = await build({
  ...options,
  entryPoints: { program: 'src/cli.ts' },
  plugins: [noSubprocessesInCommander, noEditorInInquirer],
  // yaml's own ESM build: its main entry is CommonJS, which cannot be tree-shaken and loads slower.
  alias: { yaml: fileURLToPath(new URL('../node_modules/yaml/browser/index.js', import.meta.url)) },
  define: { DEVSPACE_VERSION: JSON.stringify(version), 'import.meta.url': 'importMetaUrl' },
  // V8 keeps the code of what require() loads, not of import().
  supported: { 'dynamic-import': false },
  banner: {
    js: "(function(require,__filename,keepCode){const importMetaUrl=require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: '})' },
});
const hash = createHash('sha256').update(readFileSync('dist/program.cjs')).digest('hex');
await build({
  ...options,
  entryPoints: { start: 'src/start/main.ts' },
  define: { DEVSPACE_BUILD: JSON.stringify(hash.slice(0, 16)) },
});

// What bin/devspace.js answers without loading the program.
for (const name of ['help', 'version']) {
  rmSync(`dist/${name}.txt`, { force: true });
  const text = execFileSync(process.execPath, ['bin/devspace.js', `--${name}`]);
  writeFileSync(`dist/${name}.txt`, text);
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
