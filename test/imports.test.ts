import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** A folder may import from lower layers and from itself; never sideways, never upwards. */
const layers = [
  ['base'],
  ['config', 'kube', 'proc', 'state', 'sync'],
  ['analyze', 'dependencies', 'deploy', 'dev', 'images', 'init'],
  ['commands'],
  ['cli', 'start'],
];
const layerOf = new Map(layers.flatMap((names, level) => names.map((name) => [name, level] as const)));
/** Event types are vocabulary for all; the rest of report/ is for cli alone. */
const EVENTS = 'report/events';

interface Import {
  from: string;
  to: string;
}

function imports(): Import[] {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.flatMap((name) => {
    const text = readFileSync(join(src, name), 'utf8');
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
      (match) => match[1] ?? '',
    );
    const from = name.replaceAll('\\', '/').replace(/\.ts$/, '');
    return specifiers.map((specifier) => ({
      from,
      to: specifier.startsWith('.')
        ? relative(src, resolve(dirname(join(src, name)), specifier))
            .replaceAll('\\', '/')
            .replace(/\.js$/, '')
        : specifier,
    }));
  });
}

function violation({ from, to }: Import): string | undefined {
  const [home = ''] = from.split('/');
  const [there = ''] = to.split('/');
  if (to.startsWith('node:') || !(layerOf.has(there) || there === 'report') || home === there)
    return undefined;
  if (home === 'report') return there === 'base' ? undefined : 'report imports only base';
  if (there === 'report') return to === EVENTS || home === 'cli' ? undefined : 'only cli picks a reporter';
  const up = (layerOf.get(there) ?? 0) - (layerOf.get(home) ?? 99);
  return up < 0 ? undefined : up === 0 ? 'sideways' : 'upwards';
}

const PURE = ['config/', 'sync/core/'];
const EFFECTS = /^node:(fs|child_process|net|http|https|tls|dgram|process|worker_threads)/;

describe('imports', () => {
  const all = imports();

  it('are found at all', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  it('run downwards only', () => {
    const wrong = all.flatMap((edge) => {
      const why = violation(edge);
      return why ? [`${edge.from} -> ${edge.to}: ${why}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('keep config and sync/core free of side effects', () => {
    // write-schema.ts is the script behind `npm run schema`, no part of the CLI.
    const wrong = all.filter(
      ({ from, to }) =>
        PURE.some((folder) => from.startsWith(folder)) && EFFECTS.test(to) && from !== 'config/write-schema',
    );
    expect(wrong).toEqual([]);
  });

  it('know every folder of src', () => {
    const folders = readdirSync(src, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    expect(folders.filter((name) => !layerOf.has(name) && name !== 'report')).toEqual([]);
  });
});
