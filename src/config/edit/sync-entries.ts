import { itemsAt, valueAt } from '../path.js';
import { chooseSelector, sameSelector, selectorOf, selects, type DevSelector } from './dev-selector.js';
import type { Edit } from './edit.js';
import { alreadyThere, notThere, usage } from './entry-failure.js';

/** What names a sync: undefined for what does not matter. */
export interface SyncPlace {
  readonly local?: string | undefined;
  readonly container?: string | undefined;
}

/** Failures: USAGE, CONFIG_ENTRY_EXISTS. */
export function addSync(
  config: unknown,
  { container, local }: Required<SyncPlace>,
  excludePaths: readonly string[],
  pods: DevSelector,
): Edit[] {
  if (local === undefined || container === undefined)
    throw usage('which folders?', 'devspace add sync --local src --container /app/src');
  if (!container.startsWith('/'))
    throw usage(`--container ${container} is no absolute path`, `--container /${container}`);
  const selector = chooseSelector(config, 'sync', pods);
  const entries = itemsAt(config, ['dev', 'sync']);
  if (
    entries.some(
      ({ value }) => isAt(value, { container, local }) && sameSelector(selectorOf(value), selector),
    )
  )
    throw alreadyThere('a sync', shown(local, container), 'devspace list sync');
  const value = {
    ...selector,
    ...(plainPath(local) === '.' ? {} : { localSubPath: local }),
    containerPath: container,
    ...(excludePaths.length === 0 ? {} : { excludePaths }),
  };
  return [{ type: 'insert', path: ['dev', 'sync'], value, at: 'end' }];
}

/** Those that fit all that is given. Failures: USAGE, CONFIG_ENTRY_MISSING. */
export function removeSyncs(config: unknown, place: SyncPlace, all: boolean, pods: DevSelector): Edit[] {
  const given = [place.local, place.container, pods.imageName, pods.labelSelector].some(
    (one) => one !== undefined,
  );
  if (!given && !all)
    throw usage('which sync is to be removed?', 'name its folder with --local or --container, or use --all');
  const entries = itemsAt(config, ['dev', 'sync']);
  const found = entries.filter(({ value }) => isAt(value, place) && selects(value, pods));
  if (found.length === 0 && !all) {
    const known = entries.map(({ value }) => shown(localOf(value), containerOf(value)));
    throw notThere(
      'sync',
      `with ${Object.values({ ...place, ...pods })
        .map(text)
        .filter(Boolean)
        .join(', ')}`,
      known,
    );
  }
  return found.map(({ path }) => ({ type: 'remove', path }));
}

function isAt(entry: unknown, { container, local }: SyncPlace): boolean {
  return (
    (local === undefined || plainPath(localOf(entry)) === plainPath(local)) &&
    (container === undefined || plainPath(containerOf(entry)) === plainPath(container))
  );
}

function localOf(entry: unknown): string {
  return text(valueAt(entry, ['localSubPath'])) || './';
}

function containerOf(entry: unknown): string {
  return text(valueAt(entry, ['containerPath']));
}

/** `./src/` and `src` are one folder. */
function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+(?=.)/, '').replace(/(?<=.)\/+$/, '') || '.';
}

function shown(local: string, container: string): string {
  return `${local} <-> ${container}`;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}
