import type { Diagnostic } from './diagnostic.js';
import { formatPath, itemsAt, listAt, valueAt, type Path } from './path.js';
import type { ConfigSource } from './source.js';
import { checkName, checkNames, type Subject } from './validate-names.js';
import { validateSync } from './validate-sync.js';

/** The checks of `dev`; see {@link validate}. */
export function* validateDev(subject: Subject): Generator<Diagnostic> {
  const { source, value } = subject;
  for (const section of [['ports'], ['sync'], ['logs', 'selectors']]) {
    for (const { path, value: entry } of listAt(value, ['dev', ...section])) {
      yield* selector(source, path, entry);
      yield* checkName(subject, [...path, 'imageName'], 'images');
    }
  }
  yield* validateSync(source, value);
  yield* localPorts(source, value);
  yield* urls(source, value);
  yield* checkNames(subject, ['dev', 'logs', 'images'], 'images');
  yield* checkNames(subject, ['dev', 'autoReload', 'images'], 'images');
  yield* checkNames(subject, ['dev', 'autoReload', 'deployments'], 'deployments');
  const terminal = ['dev', 'interactive', 'terminal'];
  yield* oneImage(source, terminal, valueAt(value, terminal));
  yield* checkName(subject, [...terminal, 'imageName'], 'images');
  for (const list of [['interactive', 'images'], ['overrideImages']]) {
    for (const { path } of itemsAt(value, ['dev', ...list]))
      yield* checkName(subject, [...path, 'name'], 'images');
  }
}

function* selector(source: ConfigSource, path: Path, entry: unknown): Generator<Diagnostic> {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return;
  yield* oneImage(source, path, entry);
  if (SELECTORS.some((key) => valueAt(entry, [key]) !== undefined)) return;
  yield source.diagnose('CONFIG_INVALID', path, 'needs imageName, imageSelector or labelSelector', {
    part: 'key',
    hint: 'say which pods: `imageName:` with the name of an image, or `labelSelector:` with labels',
  });
}

const SELECTORS = ['imageName', 'imageSelector', 'labelSelector'];

function* oneImage(source: ConfigSource, path: Path, entry: unknown): Generator<Diagnostic> {
  if (valueAt(entry, ['imageName']) === undefined || valueAt(entry, ['imageSelector']) === undefined) return;
  const message = 'cannot be used together with imageName';
  const hint = 'imageName is for images of this config, imageSelector for all others: keep one of the two';
  yield source.diagnose('CONFIG_INVALID', [...path, 'imageSelector'], message, { part: 'key', hint });
}

/** Two forwards cannot listen on the same local port, unless on different addresses or with different protocols. */
function* localPorts(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  const takenBy = {
    tcp: new Map<number, { address: string; path: Path }[]>(),
    udp: new Map<number, { address: string; path: Path }[]>(),
  };
  for (const entry of listAt(value, ['dev', 'ports'])) {
    yield* somethingForwarded(source, entry);
    for (const { path, value: forward } of listAt(value, [...entry.path, 'forward'])) {
      const port = valueAt(forward, ['port']);
      const taken = takenBy[valueAt(forward, ['protocol']) === 'udp' ? 'udp' : 'tcp'];
      const bind = valueAt(forward, ['bindAddress']);
      if (typeof port !== 'number') continue;
      const address = typeof bind === 'string' ? bind : '127.0.0.1';
      const others = taken.get(port) ?? [];
      const first = others.find((other) => overlap(other.address, address));
      taken.set(port, [...others, { address, path }]);
      if (!first) continue;
      const message = `local port ${port} is already used by ${formatPath(first.path)}`;
      yield source.diagnose('CONFIG_INVALID', [...path, 'port'], message, {
        hint: 'choose another `port`; `remotePort` can stay',
      });
    }
  }
}

function* somethingForwarded(
  source: ConfigSource,
  { path, value }: { path: Path; value: unknown },
): Generator<Diagnostic> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (['forward', 'reverseForward'].some((key) => valueAt(value, [key]) !== undefined)) return;
  const hint = 'add `forward:` with a list of ports, for example `- port: 8080`';
  yield source.diagnose('CONFIG_INVALID', path, 'needs forward or reverseForward', { part: 'key', hint });
}

/** `::` takes what comes for IPv4 as well. */
function overlap(a: string, b: string): boolean {
  const plain = (text: string): string => (text === 'localhost' ? '127.0.0.1' : text.replace(/[[\]]/g, ''));
  const [one, other] = [plain(a), plain(b)];
  const covers = (wide: string, narrow: string): boolean =>
    wide === '::' || (wide === '0.0.0.0' && !narrow.includes(':'));
  return one === other || covers(one, other) || covers(other, one);
}

function* urls(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  for (const { path } of listAt(value, ['dev', 'open'])) {
    const url = valueAt(value, [...path, 'url']);
    if (typeof url !== 'string' || url.includes('${')) continue;
    if (/^https?:\/\//i.test(url) && URL.canParse(url)) continue;
    const guess = `http://${url}`;
    yield source.diagnose(
      'CONFIG_INVALID',
      [...path, 'url'],
      'expected a URL that starts with http:// or https://',
      {
        hint: !url.includes('://') && URL.canParse(guess) ? `write ${guess}` : undefined,
      },
    );
  }
}
