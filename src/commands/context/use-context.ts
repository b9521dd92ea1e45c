import { Failure } from '../../base/failure.js';
import { askChoice, canAsk } from '../ask.js';
import type { CommandHandler, Invocation } from '../command.js';
import {
  currentContextFile,
  openKubeconfig,
  saveKubeconfig,
  unknownContext,
  type EditableKubeconfig,
} from './edit-kubeconfig.js';

/** `devspace use context [NAME]`: the current context of the kubeconfig, for kubectl as well. */
export const run: CommandHandler = async (invocation) => {
  const { args, emit } = invocation;
  const kubeconfig = await openKubeconfig(invocation);
  const { data } = kubeconfig;
  const name = args[0] ?? (await pickContext(invocation, kubeconfig, 'Which context do you want to use?'));
  if (!data.contexts.has(name)) throw unknownContext(name, data.contexts.keys());
  const before = data.currentContext;
  if (before !== name)
    await saveKubeconfig(currentContextFile(kubeconfig), [
      { type: 'set', path: ['current-context'], value: name },
    ]);
  emit({ type: 'note', level: 'done', text: `The current context is ${name}` });
  if (before !== undefined && before !== name)
    emit({ type: 'note', level: 'info', text: `To go back: devspace use context ${before}` });
  return 0;
};

/** One of the contexts there are. Failure: USAGE without a terminal. */
export async function pickContext(
  invocation: Invocation,
  { data }: EditableKubeconfig,
  question: string,
): Promise<string> {
  const names = [...data.contexts.keys()].toSorted();
  if (!canAsk(invocation) || names.length === 0) {
    throw new Failure({
      code: 'USAGE',
      message: 'no context was named, and there is no terminal to ask at',
      hint: 'devspace list contexts',
    });
  }
  const choices = names.map((value) => ({
    value,
    name: value === data.currentContext ? `${value} (current)` : value,
  }));
  return askChoice(invocation, question, choices, data.currentContext);
}
