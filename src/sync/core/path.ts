/** Paths are relative to the root, with `/` between segments; the empty path is the root. */

export const maxPathBytes = 4096;

/** The directory that holds `path`; the root for a name at the top. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const joinPath = (directory: string, name: string): string =>
  directory === '' ? name : `${directory}/${name}`;

/** Number of segments: 0 for the root. */
export function depthOf(path: string): number {
  if (path === '') return 0;
  let depth = 1;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth++;
  return depth;
}

/** True for a path strictly below `directory`. */
export const isBelow = (path: string, directory: string): boolean =>
  directory === '' ? path !== '' : path.startsWith(directory) && path[directory.length] === '/';

/** The directories above `path`, nearest first, without the root. */
export function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    parents.push(path.slice(0, at));
  return parents;
}

/** A segment that is empty, `.` or `..`, or a NUL anywhere. */
const unsafe = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;

/**
 * Whether text may be used as a path inside the root: no empty, `.` or `..` segment, no NUL, not too long. What comes over the wire is refused
 * otherwise, so nothing later can name a place outside.
 */
export function isSafePath(path: string): boolean {
  if (path === '') return true;
  if (path.length > maxPathBytes || unsafe.test(path)) return false;
  // A character takes three bytes at most.
  return path.length * 3 <= maxPathBytes || Buffer.byteLength(path) <= maxPathBytes;
}

/** Names sync uses for itself on either side: never listed, never synced. */
export const isReservedName = (name: string): boolean =>
  name === '.devspace' || name.startsWith('.devspace-');

/** A link's target as the system reads it: on Windows a backslash parts names, too. */
export const asRead = (target: string, platform: NodeJS.Platform): string =>
  platform === 'win32' ? target.replaceAll('\\', '/') : target;

/**
 * Whether a symlink at `path` means the same on both sides: relative, inside the root, and `..` only at its start (behind a name it would
 * depend on what that name links to).
 */
export function isPortableTarget(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0') || /^[a-zA-Z]:/.test(target))
    return false;
  let up = 0;
  let named = false;
  for (const segment of target.split('/')) {
    if (segment === '..') {
      if (named) return false;
      up++;
    } else if (segment !== '.' && segment !== '') {
      named = true;
    }
  }
  return up < depthOf(path);
}
