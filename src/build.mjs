// Bundles src/ into dist/: a small start and the program, see src/start/.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { build, transform } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
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

mkdirSync('dist', { recursive: true });
for (const old of ['chunks', 'cli.js']) rmSync(`dist/${old}`, { recursive: true, force: true });
const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  outdir: 'dist',
};

const chunk = {
  format: 'cjs',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  // V8 keeps the code of what require() loads, not of import().
  supported: { 'dynamic-import': false },
};

const { metafile, outputFiles } = await build({
  ...options,
  entryPoints: { program: 'src/cli.ts' },
  format: 'esm',
  splitting: true,
  write: false,
  metafile: true,
  plugins: [noSubprocessesInCommander, noEditorInInquirer],
  // yaml's own ESM build: its main entry is CommonJS, which cannot be tree-shaken and loads slower.
  alias: { yaml: fileURLToPath(new URL('../node_modules/yaml/browser/index.js', import.meta.url)) },
  define: { DEVSPACE_VERSION: JSON.stringify(version), 'import.meta.url': 'importMetaUrl' },
});
// Read as Latin-1, which takes V8 no conversion. esbuild leaves other characters only in regular expressions.
const program = (await joined(outputFiles)).replaceAll(
  /[^\0-\x7f]/g,
  (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
);
writeFileSync('dist/program.cjs', program);

/**
 * The chunks as one function that start/program.ts calls, so that V8 keeps their code in one piece. Each is a CommonJS module: of one that a command does
 * not need, V8 neither makes nor keeps anything.
 */
async function joined(files) {
  const modules = await Promise.all(
    files.map(async ({ path, text }) => {
      const { code } = await transform(text, { ...chunk, sourcefile: path });
      return `${JSON.stringify(basename(path))}(module,exports,require){${code}}`;
    }),
  );
  return `(function(requireBuiltin,__filename,keepCode){
const importMetaUrl=requireBuiltin('node:url').pathToFileURL(__filename).href;
const chunks={${modules.join(',\n')}};
const loaded=new Map();
function require(path){
const name=path.slice(path.lastIndexOf('/')+1);
if(!Object.hasOwn(chunks,name))return requireBuiltin(path);
let module=loaded.get(name);
if(module===undefined){module={exports:{}};loaded.set(name,module);chunks[name](module,module.exports,require)}
return module.exports
}
require('program.js')
})`;
}
const hash = createHash('sha256').update(program).digest('hex');
await build({
  ...options,
  entryPoints: { start: 'src/start/main.ts' },
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
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
