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

/** What is forwarded, which way, and how. */
export interface PortKind {
  /** From the pod to this machine. */
  readonly reverse?: boolean;
  /** `tcp` (the default) or `udp`. */
  readonly protocol?: string | undefined;
  readonly viaHelper?: boolean;
}

/** Added to the entry for the same pods, where there is one. Failures: USAGE, CONFIG_ENTRY_EXISTS. */
export function addPorts(
  config: unknown,
  wanted: readonly PortMapping[],
  pods: DevSelector,
  { protocol = 'tcp', reverse = false, viaHelper = false }: PortKind = {},
): Edit[] {
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw usage(`--protocol ${protocol} is not known`, 'use tcp or udp');
  if (reverse && viaHelper)
    throw usage(
      '--via-helper does not go with --reverse',
      'leave it out: what is reverse always goes through the helper',
    );
  const selector = chooseSelector(config, 'ports', pods);
  const key = reverse ? 'reverseForward' : 'forward';
  const forwards = allForwards(config, key);
  for (const { port, remotePort = port } of wanted) {
    const taken = forwards.some(
      ({ entry, value }) =>
        (valueAt(value, ['protocol']) ?? 'tcp') === protocol &&
        (reverse
          ? remoteOf(value) === remotePort && sameSelector(selectorOf(entry), selector)
          : valueAt(value, ['port']) === port),
    );
    if (!taken) continue;
    const what = reverse ? 'a reverse forward from remote port' : 'a forward from port';
    throw alreadyThere(
      what,
      String(reverse ? remotePort : port),
      `devspace remove port ${reverse ? `${remotePort} --reverse` : port}`,
    );
  }
  const values = wanted.map((mapping) => ({
    ...mapping,
    ...(protocol === 'udp' ? { protocol } : {}),
    ...(viaHelper ? { viaHelper } : {}),
  }));
  const same = itemsAt(config, ['dev', 'ports']).find(({ value }) =>
    sameSelector(selectorOf(value), selector),
  );
  if (same) return values.map((value) => ({ type: 'insert', path: [...same.path, key], value, at: 'end' }));
  return [{ type: 'insert', path: ['dev', 'ports'], value: { ...selector, [key]: values }, at: 'end' }];
}

/** Those with a local or remote port out of `numbers`, of the pods named; all of them without `numbers`. Failures: USAGE, CONFIG_ENTRY_MISSING. */
export function removePorts(
  config: unknown,
  numbers: string | undefined,
  all: boolean,
  pods: DevSelector,
  { reverse = false }: Pick<PortKind, 'reverse'> = {},
): Edit[] {
  if (numbers === undefined && !all)
    throw usage('which port is to be removed?', 'devspace remove port 8080, or --all');
  const key = reverse ? 'reverseForward' : 'forward';
  const here = allForwards(config, key).filter(({ entry }) => selects(entry, pods));
  if (numbers === undefined) return removed(config, here, key);
  const found = parsePorts(numbers).map(({ port, remotePort }) => {
    const matching = here.filter(({ value }) => {
      const own = valueAt(value, ['port']);
      const remote = remoteOf(value);
      return remotePort === undefined
        ? own === port || remote === port
        : own === port && remote === remotePort;
    });
    if (matching.length > 0) return matching;
    const known = here.map(({ value }) => String(valueAt(value, ['port'])));
    throw notThere(
      reverse ? 'reverse forward with port' : 'forward with port',
      remotePort === undefined ? `${port}` : `${port}:${remotePort}`,
      known,
    );
  });
  return removed(config, [...new Set(found.flat())], key);
}

type Direction = 'forward' | 'reverseForward';

/** An entry that forwards nothing any more goes away itself. */
function removed(config: unknown, forwards: readonly { path: Path }[], key: Direction): Edit[] {
  const other = key === 'forward' ? 'reverseForward' : 'forward';
  const gone = new Set(forwards.map(({ path }) => formatPath(path)));
  return itemsAt(config, ['dev', 'ports']).flatMap(({ path }): Edit[] => {
    const own = itemsAt(config, [...path, key]);
    const away = own.filter((forward) => gone.has(formatPath(forward.path)));
    const isNeeded = valueAt(config, [...path, other]) !== undefined;
    if (away.length > 0 && away.length === own.length)
      return [{ type: 'remove', path: isNeeded ? [...path, key] : path }];
    return away.map((forward) => ({ type: 'remove', path: forward.path }));
  });
}

function allForwards(config: unknown, key: Direction): { entry: unknown; path: Path; value: unknown }[] {
  return itemsAt(config, ['dev', 'ports']).flatMap(({ path, value: entry }) =>
    itemsAt(config, [...path, key]).map((forward) => Object.assign(forward, { entry })),
  );
}

function remoteOf(forward: unknown): unknown {
  return valueAt(forward, ['remotePort']) ?? valueAt(forward, ['port']);
}
