import { Failure } from '../../base/failure.js';
import { nearest } from '../../config/suggest.js';
import { openState } from '../../state/cache.js';
import { askChoice, canAsk } from '../ask.js';
import type { CommandHandler, Invocation } from '../command.js';
import { knownProfiles } from './known-profiles.js';
import { printResult } from '../result.js';

/** `devspace use profile [NAME] [--reset]`: what runs use that are told no profile. Kept in .devspace, not in devspace.yaml. */
export const run: CommandHandler = async (invocation) => {
  const { args, emit, flags } = invocation;
  const { profiles, project } = await knownProfiles(invocation);
  const names = profiles.map(({ name }) => name);
  const reset = flags.reset === true;
  if (reset && args.length > 0)
    throw new Failure({
      code: 'USAGE',
      message: '--reset takes no name',
      hint: 'devspace use profile --reset',
    });
  const name = reset ? undefined : (args[0] ?? (await pick(names, invocation)));
  if (name !== undefined && !names.includes(name)) throw unknown(name, names);
  const state = await openState(project.root);
  state.setActiveProfile(name);
  await state.save();
  printResult(invocation, { profile: name ?? null }, () => []);
  const text =
    name === undefined
      ? 'No profile is used any more unless a run is told one'
      : `Profile ${name} is used from now on; to stop that: devspace use profile --reset`;
  emit({ type: 'note', level: 'done', text });
  return 0;
};

async function pick(names: readonly string[], invocation: Invocation): Promise<string> {
  const [first] = names;
  if (first !== undefined && canAsk(invocation)) {
    const choices = names.map((name) => ({ name, value: name }));
    return askChoice(invocation, 'Which profile do you want to use?', choices);
  }
  throw new Failure({
    code: 'USAGE',
    message:
      first === undefined ? 'devspace.yaml has no profiles' : `name the profile to use: ${names.join(', ')}`,
    hint: first === undefined ? 'add some to profiles in devspace.yaml' : `devspace use profile ${first}`,
  });
}

function unknown(name: string, names: readonly string[]): Failure {
  const meant = nearest(name, names);
  return new Failure({
    code: 'PROFILE_NOT_FOUND',
    message: `there is no profile "${name}" in devspace.yaml${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
    subject: name,
    hint:
      names.length > 0 ? `devspace use profile ${meant ?? names[0]}` : 'add it to profiles in devspace.yaml',
  });
}
