import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, systemCode } from '../base/failure.js';
import type { Said } from './choose.js';

/**
 * That what was named by flags is there: otherwise `devspace dev` would be the first to notice a misspelt folder. Charts without `./` may be somebody else's, and of a
 * pattern the folder in front of it counts. Failures: CONTEXT_MISSING, MANIFEST_NOT_FOUND.
 */
export async function checkNamedPaths(root: string, said: Said): Promise<void> {
  const { chart, context, kustomize, manifests = [] } = said;
  if (context !== undefined && !(await exists(root, context)))
    throw missing('CONTEXT_MISSING', 'context', context);
  for (const path of manifests)
    if (!path.includes('://') && !(await exists(root, path.replace(/[^/]*\*.*$/, ''))))
      throw missing('MANIFEST_NOT_FOUND', 'manifests', path);
  if (kustomize !== undefined && !(await exists(root, kustomize)))
    throw missing('MANIFEST_NOT_FOUND', 'kustomize', kustomize);
  if (chart !== undefined && /^\.{0,2}\//.test(chart) && !(await exists(root, chart)))
    throw missing('MANIFEST_NOT_FOUND', 'chart', chart);
}

async function exists(root: string, path: string): Promise<boolean> {
  try {
    await stat(join(root, path));
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

function missing(code: string, flag: string, path: string): Failure {
  return new Failure({
    code,
    message: `--${flag} ${path} does not exist`,
    subject: path,
    hint:
      flag === 'manifests'
        ? 'name what is there, or have manifests made: --manifests='
        : 'name it as seen from this folder',
  });
}
