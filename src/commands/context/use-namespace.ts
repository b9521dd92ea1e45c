import { Failure } from '../../base/failure.js';
import type { Edit } from '../../config/edit/edit.js';
import { corePath } from '../../kube/api/api-paths.js';
import type { KubeObject } from '../../kube/api/objects.js';
import { listObjects } from '../../kube/api/rest.js';
import { askChoice, canAsk } from '../ask.js';
import type { CommandHandler, Invocation } from '../command.js';
import { fileOf, openKubeconfig, pathIn, saveKubeconfig, unknownContext } from './edit-kubeconfig.js';
import { openKube } from '../open-kube.js';

/** `devspace use namespace [NAME]`: the namespace of the current context in the kubeconfig, for kubectl as well. It need not exist yet. */
export const run: CommandHandler = async (invocation) => {
  const { args, emit, flags } = invocation;
  const kubeconfig = await openKubeconfig(invocation);
  const { data } = kubeconfig;
  const context = (flags.kubeContext as string | undefined) ?? data.currentContext;
  const entry = context === undefined ? undefined : data.contexts.get(context);
  const file = context === undefined ? undefined : fileOf(kubeconfig, 'contexts', context);
  if (context === undefined || !entry || !file) throw unknownContext(context ?? '', data.contexts.keys());
  const before = entry.namespace;
  const name = flags.reset === true ? undefined : (args[0] ?? (await pickNamespace(invocation, before)));
  if (name !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    throw new Failure({
      code: 'USAGE',
      message: `"${name}" is no name of a namespace`,
      hint: 'use at most 63 lower-case letters, digits and hyphens',
    });
  }
  const path = [...pathIn(file, 'contexts', context), 'context', 'namespace'];
  const edit: Edit = name === undefined ? { type: 'remove', path } : { type: 'set', path, value: name };
  if (before !== name) await saveKubeconfig(file, [edit]);
  emit({ type: 'note', level: 'done', text: `Context ${context} uses namespace ${name ?? 'default'}` });
  if (before !== name) {
    const back = before === undefined ? '--reset' : before;
    emit({ type: 'note', level: 'info', text: `To go back: devspace use namespace ${back}` });
  }
  return 0;
};

async function pickNamespace(invocation: Invocation, current = 'default'): Promise<string> {
  if (!canAsk(invocation)) {
    throw new Failure({
      code: 'USAGE',
      message: 'no namespace was named, and there is no terminal to ask at',
      hint: 'devspace list namespaces',
    });
  }
  using kube = await openKube(invocation);
  const { items } = await listObjects<KubeObject>(kube, corePath('namespaces'), {
    signal: invocation.signal,
  });
  const names = items.map(({ metadata }) => metadata.name).toSorted();
  const choices = names.map((value) => ({ value, name: value === current ? `${value} (current)` : value }));
  return askChoice(invocation, 'Which namespace do you want to use?', choices, current);
}
