import type { Edit } from '../../config/edit/edit.js';
import type { CommandHandler } from '../command.js';
import { fileOf, openKubeconfig, pathIn, saveKubeconfig, unknownContext } from './edit-kubeconfig.js';
import { pickContext } from './use-context.js';

/**
 * `devspace remove context [NAME]`: out of the kubeconfig, with its cluster and user where no other context needs them. When it was the current one there
 * is none afterwards: guessing another could lead the next command anywhere.
 */
export const run: CommandHandler = async (invocation) => {
  const { args, emit } = invocation;
  const kubeconfig = await openKubeconfig(invocation);
  const { data, files } = kubeconfig;
  const name = args[0] ?? (await pickContext(invocation, kubeconfig, 'Which context do you want to remove?'));
  const entry = data.contexts.get(name);
  if (!entry) throw unknownContext(name, data.contexts.keys());
  const others = [...data.contexts].filter(([other]) => other !== name).map(([, context]) => context);
  const gone = [
    { kind: 'contexts', name } as const,
    ...(others.some(({ cluster }) => cluster === entry.cluster)
      ? []
      : [{ kind: 'clusters', name: entry.cluster } as const]),
    ...(others.some(({ user }) => user === entry.user) ? [] : [{ kind: 'users', name: entry.user } as const]),
  ];
  for (const file of files) {
    const edits: Edit[] = gone
      .filter((one) => fileOf(kubeconfig, one.kind, one.name) === file)
      .map((one) => ({
        type: 'remove',
        path: pathIn(file, one.kind, one.name),
      }));
    if (file.data.currentContext === name) edits.push({ type: 'set', path: ['current-context'], value: '' });
    if (edits.length > 0) await saveKubeconfig(file, edits);
  }
  emit({ type: 'note', level: 'done', text: `Removed context ${name} from the kubeconfig` });
  if (data.currentContext === name)
    emit({ type: 'note', level: 'info', text: 'There is no current context now: devspace use context NAME' });
  return 0;
};
