import { textTable } from '../../base/text-table.js';
import type { CommandHandler } from '../command.js';
import { openKubeconfig } from './edit-kubeconfig.js';
import { printResult } from '../result.js';

/** `devspace list contexts`: those of the kubeconfig; the cluster is not asked. */
export const run: CommandHandler = async (invocation) => {
  const { data } = await openKubeconfig(invocation);
  const active = (invocation.flags.kubeContext as string | undefined) ?? data.currentContext;
  const contexts = [...data.contexts]
    .map(([name, { cluster, namespace = 'default' }]) => ({
      name,
      active: name === active,
      namespace,
      cluster,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  printResult(invocation, { contexts }, () =>
    textTable(
      ['Name', 'Active', 'Namespace'],
      contexts.map(({ active, name, namespace }) => [name, `${active}`, namespace]),
    ),
  );
  return 0;
};
