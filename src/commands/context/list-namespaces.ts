import { textTable } from '../../base/text-table.js';
import { corePath } from '../../kube/api/api-paths.js';
import type { KubeObject } from '../../kube/api/objects.js';
import { listObjects } from '../../kube/api/rest.js';
import type { CommandHandler } from '../command.js';
import { openKube } from '../open-kube.js';
import { printResult } from '../result.js';

/** `devspace list namespaces`: those of the cluster, and the one that would be used when it does not exist yet. */
export const run: CommandHandler = async (invocation) => {
  using kube = await openKube(invocation);
  const { items } = await listObjects<KubeObject>(kube, corePath('namespaces'), {
    signal: invocation.signal,
  });
  const there = items.map(({ metadata }) => metadata.name);
  const names = [...new Set([...there, kube.namespace])].toSorted();
  const namespaces = names.map((name) => ({
    name,
    default: name === kube.namespace,
    exists: there.includes(name),
  }));
  printResult(invocation, { namespaces }, () =>
    textTable(
      ['Name', 'Default', 'Exists'],
      namespaces.map((one) => [one.name, `${one.default}`, `${one.exists}`]),
    ),
  );
  return 0;
};
