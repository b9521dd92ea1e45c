/**
 * How many of DevSpace's own example configs load: `npm run compatibility -- CLONE`, where CLONE is a git directory of
 * https://github.com/devspace-sh/devspace with its tags. Writes the measured part of docs/compatibility.md.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { NO_PROFILES, resolveConfig } from '../../../src/config/resolve.js';
import { unsupportedFeatures } from '../../../src/config/unsupported.js';
import { predefinedOf } from '../../../src/config/vars/predefined.js';
import type { Answers } from '../../../src/config/vars/resolver.js';

const RELEASES = ['4.0.4', '5.18.5', '6.3.21'];
const SECTIONS = ['images', 'deployments', 'dev', 'dependencies', 'hooks', 'commands'];
const PAGE = new URL('../../../docs/compatibility.md', import.meta.url);
const HEADING = "## Measured: DevSpace's own examples";

interface Outcome {
  readonly example: string;
  readonly version: string;
  readonly loads: boolean;
  readonly notes: readonly string[];
  readonly notBuilt: readonly string[];
}

const [clone] = process.argv.slice(2);
if (clone === undefined) throw new Error('usage: npm run compatibility -- CLONE');
const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', clone, ...args], { encoding: 'utf8', maxBuffer: 1e9 });

const answers: Answers = {
  given: new Map(),
  env: {},
  dotenv: {},
  cached: {},
  predefined: (name) => Promise.resolve(predefinedOf(name) && 'abcdef12'),
  run: () => Promise.resolve('8080'),
  evaluate: () => Promise.resolve('true'),
  hide: () => {},
  platform: 'linux',
};

async function outcomeOf(tag: string, path: string): Promise<Outcome> {
  const text = git('show', `${tag}:${path}`);
  const example = path.replace(/^examples\/|\/?devspace\.yaml$/g, '');
  const version = /^version: *(\S+)/m.exec(text)?.[1] ?? '';
  const result = await resolveConfig({
    file: 'devspace.yaml',
    text,
    profiles: NO_PROFILES,
    answers: () => Promise.resolve(answers),
    sections: SECTIONS,
    lenient: true,
  });
  if (!result.ok) {
    const notes = result.diagnostics.map(({ message }) => message);
    return { example, version, loads: false, notes, notBuilt: [] };
  }
  const notBuilt = unsupportedFeatures(result.config, result.source).map(({ message }) =>
    message.replace(/^.*?: /, '').replace(/ (?:is|are) not supported yet$/, ''),
  );
  const notes = result.warnings.map(({ message }) => message);
  return { example, version, loads: true, notes, notBuilt: [...new Set(notBuilt)] };
}

function tableOf(outcomes: readonly Outcome[]): string[] {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    '| example | version | outcome | not built yet |',
    '| --- | --- | --- | --- |',
    ...outcomes.map(({ example, loads, notBuilt, notes, version }) => {
      const told = notes.length > 0 ? `${loads ? '; warns: ' : ': '}${notes.join('; ')}` : '';
      return `| ${example} | ${version} | ${loads ? 'loads' : 'fails'}${cell(told)} | ${notBuilt.join(', ')} |`;
    }),
  ];
}

const all: { release: string; outcomes: Outcome[] }[] = [];
for (const release of RELEASES) {
  const paths = git('ls-tree', '-r', '--name-only', `v${release}`, 'examples/').split('\n');
  const outcomes: Outcome[] = [];
  for (const path of paths.filter((one) => /(?:^|\/)devspace\.yaml$/.test(one)))
    outcomes.push(await outcomeOf(`v${release}`, path));
  all.push({ release, outcomes });
}
const loading = (outcomes: readonly Outcome[]): string =>
  `${outcomes.filter(({ loads }) => loads).length} of ${outcomes.length}`;
const counts = all.map(({ outcomes, release }) => `DevSpace ${release}: ${loading(outcomes)}`).join(', ');
const measured = [
  HEADING,
  `All \`devspace.yaml\` below \`examples/\` of three releases, loaded with all sections, without profiles, with a value for each predefined variable, and \`true\` for each command that stands for a value. ${loading(all.flatMap(({ outcomes }) => outcomes))} load (${counts}). “Loads” is about the config; the last column says what a run refuses because it is not built yet. Written by \`npm run compatibility\`.`,
  ...all.flatMap(({ outcomes, release }) => [`### DevSpace ${release}`, tableOf(outcomes).join('\n')]),
];
const page = readFileSync(PAGE, 'utf8');
const end = /\n## (?!Measured)/g;
end.lastIndex = page.indexOf(HEADING);
const rest = end.exec(page)?.index ?? page.length;
writeFileSync(PAGE, `${page.slice(0, page.indexOf(HEADING))}${measured.join('\n\n')}\n${page.slice(rest)}`);
process.stdout.write(`${counts}\n`);
