import { open, rm } from 'node:fs/promises';
import { Failure, messageOf, systemCode } from '../../base/failure.js';
import { load } from 'js-yaml';
import { editText, type Edit } from '../../config/edit/edit.js';
import { itemsAt, valueAt, type Path } from '../../config/path.js';
import { nearest } from '../../config/suggest.js';
import type { KubeconfigData } from '../../kube/access/kubeconfig-file.js';
import { mergeKubeconfigs } from '../../kube/access/kubeconfig-file.js';
import { noKubeconfig, readKubeconfigFiles, type KubeconfigFile } from '../../kube/access/kubeconfig.js';
import { writeAtomic } from '../../state/atomic-write.js';
import type { Invocation } from '../command.js';

export interface EditableKubeconfig {
  readonly files: readonly KubeconfigFile[];
  /** All files as one. */
  readonly data: KubeconfigData;
}

/** The files of the kubeconfig. Failures: KUBE_CONFIG_NOT_FOUND, KUBE_CONFIG_INVALID. */
export async function openKubeconfig({ env }: Pick<Invocation, 'env'>): Promise<EditableKubeconfig> {
  const { files, wanted } = await readKubeconfigFiles({ env });
  if (files.length === 0) throw noKubeconfig(wanted);
  return { files, data: mergeKubeconfigs(files.map(({ data }) => data)) };
}

/** The file that a change of the current context goes to: the first, as with kubectl, for it wins. */
export function currentContextFile({ files }: EditableKubeconfig): KubeconfigFile {
  return files[0] as KubeconfigFile;
}

/** The file that a context, cluster or user is taken from. */
export function fileOf(
  { files }: EditableKubeconfig,
  kind: 'contexts' | 'clusters' | 'users',
  name: string,
): KubeconfigFile | undefined {
  return files.find(({ data }) => data[kind].has(name));
}

/** Where an entry stands in its file: by the list as it is written, in which a name may stand twice. */
export function pathIn(
  { text }: KubeconfigFile,
  kind: 'contexts' | 'clusters' | 'users',
  name: string,
): Path {
  const list = itemsAt(load(text), [kind]);
  return [kind, list.findIndex(({ value }) => valueAt(value, ['name']) === name)];
}

/**
 * Writes the changes, under the lock that kubectl takes (`config.lock`), leaving comments and everything else as it is. Failures:
 * KUBE_CONFIG_LOCKED, KUBE_CONFIG_NOT_WRITTEN, CONFIG_NOT_EDITED.
 */
export async function saveKubeconfig({ file, text }: KubeconfigFile, edits: readonly Edit[]): Promise<void> {
  const lock = `${file}.lock`;
  try {
    await (await open(lock, 'wx')).close();
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw notWritten(file, error);
    throw new Failure({
      code: 'KUBE_CONFIG_LOCKED',
      message: `another program is just writing ${file}`,
      subject: file,
      hint: `try again; if none is running: rm ${lock}`,
    });
  }
  try {
    await writeAtomic(file, editText(file, text, edits));
  } catch (error) {
    throw error instanceof Failure ? error : notWritten(file, error);
  } finally {
    await rm(lock, { force: true });
  }
}

/** KUBE_CONTEXT_UNKNOWN. */
export function unknownContext(name: string, names: Iterable<string>): Failure {
  const all = [...names].toSorted();
  const meant = nearest(name, all);
  return new Failure({
    code: 'KUBE_CONTEXT_UNKNOWN',
    message: `there is no kube context "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
    subject: name,
    hint: 'devspace list contexts',
    details:
      all.length > 0 ? ['Known contexts:', ...all.map((one) => `  ${one}`)] : ['The kubeconfig has none.'],
  });
}

function notWritten(file: string, cause: unknown): Failure {
  return new Failure({
    code: 'KUBE_CONFIG_NOT_WRITTEN',
    message: `${file} could not be written: ${messageOf(cause)}`,
    subject: file,
    hint: `check its permissions: ls -l ${file}`,
    cause,
  });
}
