import type { Diagnostic } from '../diagnostic.js';
import { found } from '../expected.js';
import { valueAt } from '../path.js';
import { CONFIG_VERSION } from '../schema.js';
import type { ConfigSource } from '../source.js';
import { nearest } from '../suggest.js';

/** Every version of the format there ever was, oldest first, with the DevSpace release that brought it. */
export const VERSIONS: Readonly<Record<string, string>> = {
  v1alpha1: '2',
  v1alpha2: '3.0',
  v1alpha3: '3.1',
  v1alpha4: '3.3',
  v1beta1: '3.4',
  v1beta2: '3.5',
  v1beta3: '4.0',
  v1beta4: '4.1',
  v1beta5: '4.3',
  v1beta6: '4.4',
  v1beta7: '4.6',
  v1beta8: '4.8',
  v1beta9: '4.11',
  v1beta10: '5.12',
  v1beta11: '5.16',
  v2beta1: '6.0',
};

/** Says why the version of a config is none; undefined when it is one. */
export function versionProblem(source: ConfigSource): Diagnostic | undefined {
  const version = valueAt(source.value, ['version']);
  if (version === undefined || version === null) {
    return source.diagnose('CONFIG_VERSION', ['version'], 'missing', {
      part: 'key',
      hint: otherFile(source.value) ?? `add this line at the top: version: ${CONFIG_VERSION}`,
    });
  }
  if (typeof version !== 'string') {
    const message = `expected "${CONFIG_VERSION}", found ${found(version)}`;
    return source.diagnose('CONFIG_VERSION', ['version'], message, {
      hint: `write version: ${CONFIG_VERSION}`,
    });
  }
  if (Object.hasOwn(VERSIONS, version)) return undefined;
  const names = Object.keys(VERSIONS);
  const meant = nearest(version, names);
  const message = `unknown version ${JSON.stringify(version)}${meant === undefined ? '' : `, did you mean "${meant}"?`}`;
  return source.diagnose('CONFIG_VERSION', ['version'], message, {
    hint: otherFile(source.value) ?? `known: ${names.join(', ')}`,
  });
}

/** What to do with a file of something else, by its keys. */
function otherFile(value: unknown): string | undefined {
  const has = (key: string): boolean => valueAt(value, [key]) !== undefined;
  const api = valueAt(value, ['apiVersion']);
  const isSkaffold = typeof api === 'string' && api.startsWith('skaffold/');
  const what = isSkaffold
    ? 'a file of Skaffold'
    : has('apiVersion') && has('kind')
      ? 'a manifest of Kubernetes'
      : has('services')
        ? 'a file of Docker Compose'
        : undefined;
  return what && `this is ${what}: give it another name, and make a devspace.yaml with: devspace init`;
}
