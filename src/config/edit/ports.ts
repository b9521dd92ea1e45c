import { formatPath, itemsAt, valueAt, type Path } from '../path.js';
import { chooseSelector, sameSelector, selectorOf, selects, type DevSelector } from './dev-selector.js';
import type { Edit } from './edit.js';
import { alreadyThere, notThere, usage } from './entry-failure.js';

export interface PortMapping {
  readonly port: number;
  readonly remotePort?: number;
}

/** `8080`, `8080:80` or several of them, separated by commas. Failure: USAGE. */
export function parsePorts(text: string): PortMapping[] {
  return text.split(',').map((part) => {
    const [port, remotePort, ...more] = part.trim().split(':').map(portNumber);
    if (port === undefined || more.length > 0 || Number.isNaN(port + (remotePort ?? 0)))
      throw usage(
        `"${part}" is no port mapping`,
        'write 8080 or, when the port in the pod is another, 8080:80',
      );
    return remotePort === undefined || remotePort === port ? { port } : { port, remotePort };
  });
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : Number.NaN;
}

/** Added to the entry for the same pods, where there is one. Failures: USAGE, CONFIG_ENTRY_EXISTS. */
export function addPorts(config: unknown, wanted: readonly PortMapping[], pods: DevSelector): Edit[] {
  const forwards = allForwards(config);
  for (const { port } of wanted) {
    if (
      forwards.some(
        ({ value }) => valueAt(value, ['port']) === port && valueAt(value, ['protocol']) !== 'udp',
      )
    )
      throw alreadyThere('a forward from port', String(port), `devspace remove port ${port}`);
  }
  const selector = chooseSelector(config, 'ports', pods);
  const same = itemsAt(config, ['dev', 'ports']).find(({ value }) =>
    sameSelector(selectorOf(value), selector),
  );
  if (same)
    return wanted.map((value) => ({ type: 'insert', path: [...same.path, 'forward'], value, at: 'end' }));
  const value = { ...selector, forward: wanted };
  return [{ type: 'insert', path: ['dev', 'ports'], value, at: 'end' }];
}

/** Those with a local or remote port out of `numbers`, of the pods named; all of them without `numbers`. Failures: USAGE, CONFIG_ENTRY_MISSING. */
export function removePorts(
  config: unknown,
  numbers: string | undefined,
  all: boolean,
  pods: DevSelector,
): Edit[] {
  if (numbers === undefined && !all)
    throw usage('which port is to be removed?', 'devspace remove port 8080, or --all');
  const here = allForwards(config).filter(({ entry }) => selects(entry, pods));
  if (numbers === undefined) return removed(config, here);
  const found = parsePorts(numbers).map(({ port, remotePort }) => {
    const matching = here.filter(({ value }) => {
      const own = valueAt(value, ['port']);
      const remote = valueAt(value, ['remotePort']) ?? own;
      return remotePort === undefined
        ? own === port || remote === port
        : own === port && remote === remotePort;
    });
    if (matching.length > 0) return matching;
    const known = here.map(({ value }) => String(valueAt(value, ['port'])));
    throw notThere(
      'forward with port',
      remotePort === undefined ? `${port}` : `${port}:${remotePort}`,
      known,
    );
  });
  return removed(config, [...new Set(found.flat())]);
}

/** An entry that forwards nothing any more goes away itself. */
function removed(config: unknown, forwards: readonly { path: Path }[]): Edit[] {
  const gone = new Set(forwards.map(({ path }) => formatPath(path)));
  return itemsAt(config, ['dev', 'ports']).flatMap(({ path }): Edit[] => {
    const own = itemsAt(config, [...path, 'forward']);
    const away = own.filter((forward) => gone.has(formatPath(forward.path)));
    if (away.length > 0 && away.length === own.length)
      return [{ type: 'remove', path: leadsBack(config, path) ? [...path, 'forward'] : path }];
    return away.map((forward) => ({ type: 'remove', path: forward.path }));
  });
}

/** What the entry forwards from the pod to here stays. */
function leadsBack(config: unknown, entry: Path): boolean {
  return valueAt(config, [...entry, 'reverseForward']) !== undefined;
}

function allForwards(config: unknown): { entry: unknown; path: Path; value: unknown }[] {
  return itemsAt(config, ['dev', 'ports']).flatMap(({ path, value: entry }) =>
    itemsAt(config, [...path, 'forward']).map((forward) => Object.assign(forward, { entry })),
  );
}
