import type { Diagnostic } from './diagnostic.js';
import { shortList } from './expected.js';
import { itemsAt, valueAt, type Path } from './path.js';
import type { ConfigSource } from './source.js';
import { nearest } from './suggest.js';

/** A config under examination, with the names its parts refer to each other by. */
export interface Subject {
  readonly source: ConfigSource;
  readonly value: unknown;
  readonly images: ReadonlySet<string>;
  readonly deployments: ReadonlySet<string>;
  readonly dependencies: ReadonlySet<string>;
}

export function subjectOf(source: ConfigSource, value: unknown): Subject {
  const images = itemsAt(value, ['images']).map(({ path }) => String(path.at(-1)));
  const namesIn = (section: string) =>
    itemsAt(value, [section])
      .map((item) => valueAt(item.value, ['name']))
      .filter((name) => typeof name === 'string');
  return {
    source,
    value,
    images: new Set(images),
    deployments: new Set(namesIn('deployments')),
    dependencies: new Set(namesIn('dependencies')),
  };
}

/** That the text at `path`, when there is one, names an image or a deployment of this config. */
export function* checkName(
  subject: Subject,
  path: Path,
  kind: 'images' | 'deployments',
): Generator<Diagnostic> {
  const name = valueAt(subject.value, path);
  const names = subject[kind];
  if (typeof name !== 'string' || name.includes('${') || names.has(name)) return;
  // `dependency.image`: that one's config names it.
  const dependency = /^(.+?)\./.exec(name)?.[1];
  if (kind === 'images' && dependency !== undefined && subject.dependencies.has(dependency)) return;
  const meant = nearest(name, names);
  const one = kind === 'images' ? 'image' : 'deployment';
  const message = `there is no ${one} ${JSON.stringify(name)}`;
  const whole = meant === undefined ? message : `${message}, did you mean "${meant}"?`;
  yield subject.source.diagnose('CONFIG_INVALID', path, whole, {
    hint:
      names.size === 0
        ? `${kind} is empty: add ${JSON.stringify(name)} there`
        : `${kind}: ${shortList([...names])}`,
  });
}

/** The same for each text of the list at `path`. */
export function* checkNames(
  subject: Subject,
  path: Path,
  kind: 'images' | 'deployments',
): Generator<Diagnostic> {
  // Something else than a list is wrong in itself.
  if (!Array.isArray(valueAt(subject.value, path))) return;
  for (const item of itemsAt(subject.value, path)) yield* checkName(subject, item.path, kind);
}
