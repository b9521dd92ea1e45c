import type { Diagnostic } from './diagnostic.js';
import { formatPath, itemsAt, listAt, valueAt, type Path } from './path.js';
import type { ConfigSource } from './source.js';
import { validateDev } from './validate-dev.js';
import { validateVars } from './validate-vars.js';
import { checkName, subjectOf, type Subject } from './validate-names.js';

/**
 * What a schema cannot say: what belongs together, what excludes each other, and names that have to exist. Looks at `value` as it is, also
 * when the schema has objections, so that all problems show at once; it says nothing about shapes.
 */
export function* validate(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  const subject = subjectOf(source, value);
  yield* images(source, value);
  yield* deployments(source, value);
  yield* validateDev(subject);
  yield* dependencies(source, value);
  yield* hooks(subject);
  yield* profiles(source, value);
  yield* uniqueNames(source, value, ['commands']);
  yield* uniqueNames(source, value, ['vars']);
  yield* validateVars(source, value);
}

function* images(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  for (const { path } of itemsAt(value, ['images'])) {
    yield* oneOf(source, value, [...path, 'build'], ['docker', 'kaniko', 'custom'], 'optional');
    const repository = valueAt(value, [...path, 'image']);
    // A colon before the last slash is a registry's port; variables may hold anything.
    const tagged = typeof repository === 'string' && /^(?!.*\$\{)(.+?)(?::([^/:@]+)|@.+)$/.exec(repository);
    if (!tagged) continue;
    const [, name, tag] = tagged;
    yield source.diagnose(
      'CONFIG_INVALID',
      [...path, 'image'],
      'expected a repository without a tag or digest',
      {
        hint:
          tag === undefined
            ? `image: ${name}`
            : `write \`image: ${name}\` and, to fix the tag, \`tag: ${tag}\``,
      },
    );
  }
}

function* deployments(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  yield* uniqueNames(source, value, ['deployments']);
  for (const { path } of listAt(value, ['deployments'])) {
    yield* oneOf(source, value, path, ['kubectl', 'helm', 'component'], 'required');
    yield* oneOf(source, value, [...path, 'kubectl'], ['manifests', 'inlineManifest'], 'required');
  }
}

function* dependencies(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  for (const { path } of listAt(value, ['dependencies'])) {
    yield* oneOf(source, value, [...path, 'source'], ['git', 'path'], 'required');
  }
}

function* hooks(subject: Subject): Generator<Diagnostic> {
  const { value } = subject;
  for (const { path } of listAt(value, ['hooks'])) {
    for (const side of ['before', 'after']) {
      for (const kind of ['images', 'deployments'] as const) {
        const at = [...path, 'when', side, kind];
        if (valueAt(value, at) !== 'all') yield* checkName(subject, at, kind);
      }
    }
  }
}

function* profiles(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  yield* uniqueNames(source, value, ['profiles']);
  for (const profile of listAt(value, ['profiles'])) {
    for (const { path, value: patch } of listAt(value, [...profile.path, 'patches'])) {
      const op = valueAt(patch, ['op']);
      const needs =
        op === 'move' || op === 'copy'
          ? 'from'
          : op === 'add' || op === 'replace' || op === 'test'
            ? 'value'
            : undefined;
      if (needs === undefined || valueAt(patch, [needs]) !== undefined) continue;
      yield source.diagnose('CONFIG_INVALID', path, `\`op: ${String(op)}\` needs \`${needs}\``);
    }
  }
}

function* oneOf(
  source: ConfigSource,
  value: unknown,
  path: Path,
  keys: readonly string[],
  need: 'required' | 'optional',
): Generator<Diagnostic> {
  const at = valueAt(value, path);
  if (typeof at !== 'object' || at === null || Array.isArray(at)) return;
  const [first, second] = keys.filter((key) => valueAt(at, [key]) !== undefined);
  if (second !== undefined) {
    yield source.diagnose('CONFIG_INVALID', [...path, second], `cannot be used together with ${first}`, {
      part: 'key',
      hint: `keep one of ${keys.join(', ')}`,
    });
  } else if (first === undefined && need === 'required') {
    yield source.diagnose('CONFIG_INVALID', path, `needs one of ${keys.join(', ')}`, { part: 'key' });
  }
}

function* uniqueNames(source: ConfigSource, value: unknown, list: Path): Generator<Diagnostic> {
  const seen = new Map<unknown, Path>();
  for (const { path, value: item } of listAt(value, list)) {
    const name = valueAt(item, ['name']);
    const first = seen.get(name);
    if (typeof name !== 'string') continue;
    if (!first) seen.set(name, path);
    else {
      const message = `${JSON.stringify(name)} is already the name of ${formatPath(first)}`;
      yield source.diagnose('CONFIG_INVALID', [...path, 'name'], message, {
        hint: 'give each entry a name of its own',
      });
    }
  }
}
