import { has, present, procfileCommand, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

interface Package {
  readonly main?: unknown;
  readonly packageManager?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly workspaces?: unknown;
}

const MAINS = ['server.js', 'app.js', 'index.js', 'main.js', 'src/server.js', 'src/index.js', 'src/main.js'];
/** Programs that look for changes themselves. */
const RELOADS =
  /\b(?:nodemon|next|vite|nuxt|nuxi|astro|react-scripts|--watch|tsx watch|ts-node-dev|ng serve|nest start --watch|bun --hot)\b|--watch/;
/** Development servers that listen for this machine only unless told otherwise; HOST means nothing to them. */
const LOCAL_ONLY = /\b(?:vite|astro dev|ng serve)\b(?!.*--host)/;

/** What development servers leave in the project. */
const BUILT: Readonly<Record<string, string>> = {
  'Next.js': '.next/',
  Nuxt: '.nuxt/',
  Angular: '.angular/',
  Astro: '.astro/',
};

export const node: FindFacts = (found, { framework = '' }) => {
  const about = parse(textOf(found, 'package.json'));
  const tool = toolOf(found, about);
  const lock = {
    npm: 'package-lock.json',
    yarn: 'yarn.lock',
    pnpm: 'pnpm-lock.yaml',
    bun: present(found, 'bun.lock', 'bun.lockb').split(' ')[0] || 'bun.lock',
  }[tool];
  const locked = has(found, lock);
  const install = {
    npm: locked ? 'npm ci' : 'npm install',
    yarn: `yarn install${locked ? ' --frozen-lockfile' : ''}`,
    pnpm: `pnpm install${locked ? ' --frozen-lockfile' : ''}`,
    bun: `bun install${locked ? ' --frozen-lockfile' : ''}`,
  }[tool];
  const lists = present(found, 'package.json', lock, '.npmrc', '.yarnrc.yml');
  // The lists of its parts stand in their folders.
  const isWorkspace = about.workspaces !== undefined || has(found, 'pnpm-workspace.yaml');
  const script = ['dev', 'start'].find((name) => typeof about.scripts?.[name] === 'string');
  const line = script === undefined ? '' : String(about.scripts?.[script]);
  const file = MAINS.find((name) => has(found, name));
  const main = typeof about.main === 'string' && has(found, about.main) ? about.main : (file ?? 'index.js');
  const command =
    script === undefined
      ? (procfileCommand(found) ?? [tool === 'bun' ? 'bun' : 'node', main])
      : [
          tool,
          'run',
          script,
          ...(LOCAL_ONLY.test(line) ? [...(tool === 'npm' ? ['--'] : []), '--host', '0.0.0.0'] : []),
        ];
  const major = /^\D{0,8}(\d{2})\b/.exec(textOf(found, '.nvmrc', '.node-version').trim())?.[1];
  return {
    values: {
      tool,
      bun: tool === 'bun',
      corepack: tool === 'yarn' || tool === 'pnpm',
      version: major ?? '22',
      lists,
      built: BUILT[framework] ?? '',
      install: lists !== '' && !isWorkspace ? install : '',
      late: lists !== '' && isWorkspace ? install : '',
      command: JSON.stringify(command),
    },
    needsRestart: !RELOADS.test(line),
  };
};

function toolOf(
  found: Parameters<FindFacts>[0],
  { packageManager }: Package,
): 'npm' | 'yarn' | 'pnpm' | 'bun' {
  const said = /^(npm|yarn|pnpm|bun)@/.exec(typeof packageManager === 'string' ? packageManager : '')?.[1];
  if (said === 'npm' || said === 'yarn' || said === 'pnpm' || said === 'bun') return said;
  if (has(found, 'pnpm-lock.yaml')) return 'pnpm';
  if (has(found, 'yarn.lock')) return 'yarn';
  return has(found, 'bun.lock') || has(found, 'bun.lockb') ? 'bun' : 'npm';
}

function parse(text: string): Package {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
