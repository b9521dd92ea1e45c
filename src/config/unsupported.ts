import type { Diagnostic } from './diagnostic.js';
import { itemsAt, valueAt, type Path } from './path.js';
import type { Config } from './schema.js';
import type { ConfigSource } from './source.js';

/** Sections of the config that a command acts on. */
export type Section = 'images' | 'deployments' | 'dev' | 'dependencies' | 'hooks';

const ALL: readonly Section[] = ['images', 'deployments', 'dev', 'dependencies', 'hooks'];

/**
 * Parts of a valid config that this devspace does not act on yet: a run that would ignore them must refuse instead (CONFIG_UNSUPPORTED), with
 * {@link failureOf}. `sections` are those the command acts on: `purge` need not know how to build.
 */
export function unsupportedFeatures(
  config: Config,
  source: ConfigSource,
  { sections = ALL }: { sections?: readonly Section[] } = {},
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const { path, what, hint } of unsupportedKeys(config)) {
    if (!sections.some((section) => section === path[0])) continue;
    problems.push(
      source.diagnose('CONFIG_UNSUPPORTED', path, `${what} not supported yet`, { part: 'key', hint }),
    );
  }
  return problems;
}

interface Unsupported {
  readonly path: Path;
  /** With its verb: `hooks are`. */
  readonly what: string;
  readonly hint: string;
}

function* unsupportedKeys(config: Config): Generator<Unsupported> {
  for (const { path } of itemsAt(config, ['images'])) {
    if (valueAt(config, [...path, 'build', 'disabled']) === true) continue;
    for (const tool of ['kaniko', 'custom']) {
      const at = [...path, 'build', tool];
      if (valueAt(config, at) === undefined) continue;
      const what = tool === 'kaniko' ? 'building with kaniko is' : 'building with a program of your own is';
      yield { path: at, what, hint: 'use `build.docker`, or set `build.disabled: true`' };
    }
  }
  for (const { path } of itemsAt(config, ['deployments'])) {
    for (const tool of ['helm', 'component']) {
      if (valueAt(config, [...path, tool]) === undefined) continue;
      yield { path: [...path, tool], what: `${tool} deployments are`, hint: 'use `kubectl` with manifests' };
    }
  }
  const { autoReload } = config.dev ?? {};
  if (
    autoReload &&
    [autoReload.paths, autoReload.deployments, autoReload.images].some((list) => list?.length)
  ) {
    const hint = 'remove it, and run `devspace dev` again after such a change';
    yield { path: ['dev', 'autoReload'], what: 'reloading by itself is', hint };
  }
  if (config.dependencies?.length) {
    const hint = 'remove them, and run `devspace deploy` in those projects first';
    yield { path: ['dependencies'], what: 'dependencies are', hint };
  }
  if (config.hooks?.length) yield { path: ['hooks'], what: 'hooks are', hint: 'remove them' };
}
