import { isSyncable } from '../core/compare.js';
import type { Entry } from '../core/entry.js';
import type { View } from '../core/view.js';

/** How the sides differ at a path. `unsure`: it cannot be read, or never rests. */
export interface Difference {
  path: string;
  what: 'only-here' | 'only-there' | 'kind' | 'content' | 'mode' | 'link' | 'unsure';
  text: string;
}

/**
 * Compares both sides at one path, without a look at the past. `skipped`: sync does not carry it. `hash`: only the content can tell, whose hashes are
 * not known yet. Of modes only whether a file may be run counts: umasks differ.
 */
export function differenceAt(view: View, path: string): Difference | 'equal' | 'skipped' | 'hash' {
  const local = view.local.get(path);
  const remote = view.remote.get(path);
  const some = local ?? remote;
  if (some === undefined) return 'equal';
  const isDirectory = some.kind === 'directory';
  const blocked =
    view.rules.blocked('remote', path, isDirectory) || view.rules.blocked('local', path, isDirectory);
  if (blocked || view.unreachable(path) !== undefined) return 'skipped';
  if ((local && !isSyncable(path, local)) || (remote && !isSyncable(path, remote))) return 'skipped';
  if (remote === undefined) return { path, what: 'only-here', text: 'only here' };
  if (local === undefined) return { path, what: 'only-there', text: 'only in the container' };
  return differ(view, path, local, remote);
}

function differ(view: View, path: string, local: Entry, remote: Entry): Difference | 'equal' | 'hash' {
  if (local.kind !== remote.kind)
    return { path, what: 'kind', text: `a ${local.kind} here, a ${remote.kind} in the container` };
  if (local.kind === 'symlink' && remote.kind === 'symlink' && local.target !== remote.target)
    return {
      path,
      what: 'link',
      text: `links to ${local.target} here, to ${remote.target} in the container`,
    };
  if (local.kind !== 'file' || remote.kind !== 'file') return 'equal';
  if (local.size !== remote.size)
    return { path, what: 'content', text: `${local.size} bytes here, ${remote.size} in the container` };
  const hashes = [view.hashOf('local', path, local.stamp), view.hashOf('remote', path, remote.stamp)];
  if (hashes.includes(undefined)) return 'hash';
  if (hashes[0] !== hashes[1]) return { path, what: 'content', text: 'same size, other content' };
  if (view.modeless || ((local.mode ^ remote.mode) & 0o111) === 0) return 'equal';
  const octal = (mode: number) => (mode & 0o777).toString(8).padStart(4, '0');
  return { path, what: 'mode', text: `${octal(local.mode)} here, ${octal(remote.mode)} in the container` };
}
