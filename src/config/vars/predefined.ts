/** Variables that devspace itself knows. */
export const PREDEFINED = [
  'random',
  'timestamp',
  'git-commit',
  'git-branch',
  'namespace',
  'context',
  'profile',
  'profiles',
  'user-home',
  'version',
  'name',
  'tmpdir',
  'executable',
  'kubectl-executable',
] as const;

export type Predefined = (typeof PREDEFINED)[number];

/** Spaces of DevSpace Cloud were namespaces. */
const OTHER_NAMES: Readonly<Record<string, Predefined>> = { space: 'namespace', spacenamespace: 'namespace' };

/** Which of them `name` is: `DEVSPACE_GIT_COMMIT` in any case, or `devspace.gitCommit`. */
export function predefinedOf(name: string): Predefined | undefined {
  const short = /^devspace[._](.+)$/i.exec(name)?.[1]?.toLowerCase().replaceAll(/[._-]/g, '');
  if (short === undefined) return undefined;
  return PREDEFINED.find((one) => one.replaceAll('-', '') === short) ?? OTHER_NAMES[short];
}
