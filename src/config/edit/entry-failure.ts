import { Failure } from '../../base/failure.js';
import { shortList } from '../expected.js';
import { nearest } from '../suggest.js';

/** What is to be added is there already. */
export function alreadyThere(what: string, name: string, hint: string): Failure {
  return new Failure({
    code: 'CONFIG_ENTRY_EXISTS',
    message: `there is ${what} ${name} already`,
    subject: name,
    hint,
  });
}

/** What is to be removed is not there; `names` are those that are. */
export function notThere(what: string, name: string, names: readonly string[]): Failure {
  const meant = nearest(name, names);
  return new Failure({
    code: 'CONFIG_ENTRY_MISSING',
    message: `there is no ${what} ${name}${meant === undefined ? '' : `, did you mean ${meant}?`}`,
    subject: name,
    hint: names.length === 0 ? `devspace.yaml has no ${what} at all` : `there is: ${shortList(names)}`,
  });
}

export function usage(message: string, hint: string): Failure {
  return new Failure({ code: 'USAGE', message, hint });
}
