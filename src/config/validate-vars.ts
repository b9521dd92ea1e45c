import type { Diagnostic } from './diagnostic.js';
import { itemsAt, listAt, valueAt } from './path.js';
import { regexpOf } from './regexp.js';
import type { ConfigSource } from './source.js';
import { isVariableName } from './vars/text.js';

/** What belongs together in definitions of variables, and the regular expressions of variables and profiles. */
export function* validateVars(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  for (const { path, value: variable } of listAt(value, ['vars'])) {
    const has = (key: string): boolean => valueAt(variable, [key]) !== undefined;
    const kind = valueAt(variable, ['source']);
    const name = valueAt(variable, ['name']);
    if (typeof name === 'string' && name !== '' && !isVariableName(name)) {
      const message = 'a name has letters, digits, -, _ and . only; elsewhere ${…} is left to shells';
      yield source.diagnose('CONFIG_INVALID', [...path, 'name'], message, {
        hint: `name: ${name.replaceAll(/[^\w.-]+/g, '_')}`,
      });
    }
    if (has('value') && has('default')) {
      yield source.diagnose('CONFIG_INVALID', [...path, 'default'], 'cannot be used together with value', {
        part: 'key',
        hint: 'keep value, or only default to be asked',
      });
    }
    if (kind === 'command' && !has('command') && !has('commands'))
      yield source.diagnose('CONFIG_INVALID', [...path, 'source'], 'needs `command` or `commands`');
    if (kind === 'none' && !has('value') && !has('default'))
      yield source.diagnose('CONFIG_INVALID', [...path, 'source'], 'needs `value` or `default`');
    yield* regexp(source, variable, [...path, 'validationPattern'], 'validationPattern');
  }
  for (const profile of listAt(value, ['profiles'])) {
    for (const entry of itemsAt(profile.value, ['activation'])) {
      for (const kind of ['env', 'vars']) {
        for (const { path } of itemsAt(entry.value, [kind])) {
          const name = String(path.at(-1));
          yield* regexp(
            source,
            valueAt(entry.value, [kind]),
            [...profile.path, ...entry.path, ...path],
            name,
          );
        }
      }
    }
  }
}

function* regexp(
  source: ConfigSource,
  holder: unknown,
  path: readonly (string | number)[],
  key: string,
): Generator<Diagnostic> {
  const pattern = valueAt(holder, [key]);
  if (typeof pattern !== 'string' || regexpOf(pattern)) return;
  yield source.diagnose('CONFIG_INVALID', path, `${JSON.stringify(pattern)} is no regular expression`);
}
