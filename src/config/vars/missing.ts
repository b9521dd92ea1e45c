import { Failure } from '../../base/failure.js';
import { textTable } from '../../base/text-table.js';
import { formatPath } from '../path.js';
import type { MissingVariable } from '../resolve.js';
import type { Definition } from './definition.js';

/**
 * All variables that have no value, where nobody can be asked: what each is for, where it is used, and how to set it, with the profiles in use.
 */
export function missingFailure(
  file: string,
  missing: readonly MissingVariable[],
  definitionOf: (name: string) => Definition | undefined,
  profiles: readonly string[] = [],
): Failure {
  const rows = missing.map(({ at, name, path }) => {
    const { options, question, source } = definitionOf(name) ?? {};
    const how = source === 'env' ? `the environment variable ${name}` : (question ?? '');
    const choices = options && options.length > 0 ? ` (${options.join(', ')})` : '';
    return [`--var ${name}=VALUE`, `${file}:${at.line}: ${formatPath(path)}`, `${how}${choices}`.trim()];
  });
  const names = missing.map(({ name }) => name);
  // What comes from the environment alone cannot be remembered.
  const kept = names.filter((name) => definitionOf(name)?.source !== 'env').map((name) => ` ${name}=VALUE`);
  const flags = names.map((name) => `--var ${name}=VALUE`).join(' ');
  return new Failure({
    code: 'VARIABLE_MISSING',
    message:
      names.length === 1
        ? `variable ${names[0]} has no value, and there is no terminal to ask at`
        : `${names.length} variables have no value, and there is no terminal to ask at`,
    subject: file,
    details: textTable(['Flag', 'Used in', ''], rows),
    hint: `add ${flags}${kept.length > 0 ? `, or remember it: devspace set var${kept.join('')}${profiles.map((name) => ` -p ${name}`).join('')}` : ''}`,
  });
}
