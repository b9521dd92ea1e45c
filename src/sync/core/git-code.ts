/**
 * Whether git here would run programs that the thing at this path names, or look for such things elsewhere because of it: hooks, configuration
 * (`core.fsmonitor`, `core.sshCommand`, filters), and what leads to another git directory. What a container says there is never taken over. Names are
 * compared without case, since some file systems do.
 *
 * See gitrepository-layout(5) and git-config(1).
 */
export function isGitCode(path: string, directory: boolean): boolean {
  if (!mayBe.test(path)) return false;
  const segments = path.toLowerCase().split('/');
  const top = segments.indexOf('.git');
  if (top < 0) return false;
  // A `.git` that is a file or a link names another directory.
  if (top === segments.length - 1) return !directory;
  const last = segments.at(-1) as string;
  return segments.includes('hooks', top) || (!directory && leading.has(last));
}

const mayBe = /\.git(\/|$)/i;
const leading = new Set(['config', 'config.worktree', 'commondir', 'gitdir']);
