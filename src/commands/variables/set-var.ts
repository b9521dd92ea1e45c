import { Failure } from '../../base/failure.js';
import type { Definition } from '../../config/vars/definition.js';
import { objection, questionOf } from '../../config/vars/question.js';
import { nearest } from '../../config/suggest.js';
import { openState } from '../../state/cache.js';
import { askVariable } from './ask-variable.js';
import { canAsk } from '../ask.js';
import type { CommandHandler, Invocation } from '../command.js';
import { printResult } from '../result.js';
import { variablesOf } from './project-variables.js';
import { assignment, profileKey } from './variable-flags.js';

/**
 * `devspace set var NAME=VALUE…`: what a question would be answered with, for the profiles in use. `NAME` alone asks, so that a password is in no history
 * of a shell. All or nothing is set. Failures: USAGE, VARIABLE_NOT_FOUND, VARIABLE_INVALID, those of the config.
 */
export const run: CommandHandler = async (invocation) => {
  const { args, emit } = invocation;
  if (args.length === 0)
    throw new Failure({ code: 'USAGE', message: 'nothing to set', hint: 'devspace set var NAME=VALUE' });
  const { definitions, names, profiles, root } = await variablesOf(invocation);
  const values = new Map<string, string>();
  for (const word of args) {
    const { name, value } = await valueOf(word, definitions, names, invocation);
    values.set(name, value);
  }
  const state = await openState(root, { profile: profileKey(profiles) });
  for (const [name, value] of values)
    state.setVariable(name, value, { secret: definitions.get(name)?.password === true });
  await state.save();
  printResult(invocation, { set: [...values.keys()] }, () => []);
  for (const name of values.keys()) {
    const { noCache = false, source, value } = definitions.get(name) ?? {};
    const ignored =
      noCache || value !== undefined || (source !== undefined && source !== 'all' && source !== 'input');
    if (ignored) {
      const why = noCache
        ? 'is asked for every time'
        : value === undefined
          ? `has source ${source}`
          : 'has a fixed value';
      emit({
        type: 'warning',
        code: 'VARIABLE_UNUSED',
        text: `${name} ${why}: what was set is not used`,
        hint: `--var ${name}=VALUE`,
      });
    } else
      emit({
        type: 'note',
        level: 'done',
        text: `Set ${name}${profiles.length > 0 ? ` for profile ${profiles.join(', ')}` : ''}`,
      });
  }
  return 0;
};

async function valueOf(
  word: string,
  definitions: ReadonlyMap<string, Definition>,
  names: ReadonlySet<string>,
  invocation: Invocation,
): Promise<{ name: string; value: string }> {
  const bare = /^[a-zA-Z0-9\-_.]+$/.test(word);
  const given = bare && canAsk(invocation) ? undefined : assignment(word, 'set var');
  const name = given?.name ?? word;
  if (!names.has(name)) {
    const meant = nearest(name, names);
    throw new Failure({
      code: 'VARIABLE_NOT_FOUND',
      message: `there is no variable "${name}" in devspace.yaml${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
      subject: name,
      hint: 'devspace list vars',
    });
  }
  const definition = definitions.get(name);
  const value =
    given?.value ?? (await askVariable(questionOf(name, definition, definition?.default), invocation));
  const problem = objection(definition, value);
  if (problem !== undefined)
    throw new Failure({
      code: 'VARIABLE_INVALID',
      message: `this is no value for ${name}: ${problem}`,
      subject: name,
      hint: `devspace set var ${name}=VALUE`,
    });
  return { name, value };
}
