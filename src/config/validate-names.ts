import type { Diagnostic } from './diagnostic.js';
import { shortList } from './expected.js';
import { itemsAt, valueAt, type Path } from './path.js';
import type { ConfigSource } from './source.js';
import { nearest } from './suggest.js';

/** That the text at `path`, when there is one, names an image or a deployment of this config. */
export function* checkName(
  source: ConfigSource,
  value: unknown,
  path: Path,
  kind: 'images' | 'deployments',
): Generator<Diagnostic> {
  const name = valueAt(value, path);
  if (typeof name !== 'string' || name.includes('${')) return;
  const names = namesOf(value, kind);
  if (names.includes(name)) return;
  const meant = nearest(name, names);
  const one = kind === 'images' ? 'image' : 'deployment';
  const message = `there is no ${one} ${JSON.stringify(name)}`;
  yield source.diagnose(
    'CONFIG_INVALID',
    path,
    meant === undefined ? message : `${message}, did you mean "${meant}"?`,
    {
      hint:
        names.length === 0
          ? `${kind} is empty: add ${JSON.stringify(name)} there`
          : `${kind}: ${shortList(names)}`,
    },
  );
}

/** The same for each text of the list at `path`. */
export function* checkNames(
  source: ConfigSource,
  value: unknown,
  path: Path,
  kind: 'images' | 'deployments',
): Generator<Diagnostic> {
  for (const item of itemsAt(value, path)) yield* checkName(source, value, item.path, kind);
}

function namesOf(value: unknown, kind: 'images' | 'deployments'): string[] {
  if (kind === 'images') return itemsAt(value, ['images']).map(({ path }) => String(path.at(-1)));
  return itemsAt(value, ['deployments'])
    .map((item) => valueAt(item.value, ['name']))
    .filter((name) => typeof name === 'string');
}
