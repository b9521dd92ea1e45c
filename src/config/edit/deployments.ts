import { itemsAt, valueAt } from '../path.js';
import type { Edit } from './edit.js';
import { alreadyThere, notThere, usage } from './entry-failure.js';

export type NewDeployment = { readonly namespace?: string | undefined } & (
  | { readonly manifests: readonly string[]; readonly kustomize?: boolean }
  | { readonly chart: string; readonly version?: string | undefined; readonly repo?: string | undefined }
  | { readonly component: object }
);

/** In front of the others, as DevSpace has always done it: what is added is mostly what the project needs. Failure: CONFIG_ENTRY_EXISTS. */
export function addDeployment(config: unknown, name: string, wanted: NewDeployment): Edit[] {
  if (deploymentNames(config).includes(name))
    throw alreadyThere('a deployment', name, `devspace remove deployment ${name}`);
  const { namespace } = wanted;
  const value = { name, ...(namespace === undefined ? {} : { namespace }), ...methodOf(wanted) };
  return [{ type: 'insert', path: ['deployments'], value, at: 'start' }];
}

function methodOf(wanted: NewDeployment): object {
  if ('component' in wanted) return { component: wanted.component };
  if ('manifests' in wanted) {
    const kustomize = wanted.kustomize === true ? { kustomize: true } : {};
    return { kubectl: { manifests: [...wanted.manifests], ...kustomize } };
  }
  const version = wanted.version === undefined ? {} : { version: wanted.version };
  const repo = wanted.repo === undefined ? {} : { repo: wanted.repo };
  return { helm: { chart: { name: wanted.chart, ...version, ...repo } } };
}

/** One deployment, or all. Failures: USAGE, CONFIG_ENTRY_MISSING. */
export function removeDeployments(config: unknown, name: string | undefined, all: boolean): Edit[] {
  if (all) return itemsAt(config, ['deployments']).map(({ path }) => ({ type: 'remove', path }));
  if (name === undefined)
    throw usage('which deployment is to be removed?', 'devspace remove deployment NAME, or --all');
  const names = deploymentNames(config);
  if (!names.includes(name)) throw notThere('deployment', name, names);
  return [{ type: 'remove', path: ['deployments', names.indexOf(name)] }];
}

/** By their place in the list. */
function deploymentNames(config: unknown): string[] {
  return itemsAt(config, ['deployments']).map(({ value }) => {
    const name = valueAt(value, ['name']);
    return typeof name === 'string' ? name : '';
  });
}
