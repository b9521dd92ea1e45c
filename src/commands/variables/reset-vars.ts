import { Failure } from '../../base/failure.js';
import { nearest } from '../../config/suggest.js';
import { openState } from '../../state/cache.js';
import { findProject } from '../../state/project.js';
import type { CommandHandler } from '../command.js';
import { printResult } from '../result.js';
import { profileFlags, profileKey } from './variable-flags.js';

/**
 * `devspace reset vars [NAME…]`: forgets answers, all or those named; of all profiles, or with `-p` of that one. devspace.yaml is not looked into, so
 * that it works whatever is in there. Failure: VARIABLE_NOT_FOUND.
 */
export const run: CommandHandler = async (invocation) => {
  const { args, cwd, emit, env, flags } = invocation;
  const { root } = await findProject(cwd, { env });
  const chosen = profileFlags(flags, undefined).names;
  const profiles = chosen.length > 0 ? [profileKey(chosen)] : ['', ...(await openState(root)).profiles];
  const forgotten = new Set<string>();
  const states = await Promise.all(profiles.map((profile) => openState(root, { profile })));
  const known = new Set(states.flatMap(({ variables }) => Object.keys(variables)));
  for (const name of args) if (!known.has(name)) throw unknown(name, known);
  for (const state of states) {
    for (const name of Object.keys(state.variables)) {
      if (args.length > 0 && !args.includes(name)) continue;
      state.setVariable(name, undefined);
      forgotten.add(name);
    }
    await state.save();
  }
  printResult(invocation, { forgotten: [...forgotten] }, () => []);
  const text = forgotten.size === 0 ? 'No answers are remembered' : `Forgot ${[...forgotten].join(', ')}`;
  emit({ type: 'note', level: forgotten.size === 0 ? 'info' : 'done', text });
  return 0;
};

function unknown(name: string, known: ReadonlySet<string>): Failure {
  const meant = nearest(name, known);
  return new Failure({
    code: 'VARIABLE_NOT_FOUND',
    message: `no answer for "${name}" is remembered${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
    subject: name,
    hint: 'devspace list vars',
  });
}
