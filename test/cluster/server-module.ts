/**
 * The go.mod that builds Kubernetes from outside its own tree. The published module points its staging modules at folders
 * that only exist in the tree, so each must be replaced by the release of the same number: v1.35.4 takes v0.35.4.
 */
export function serverModule(publishedGoMod: string, version: string): string {
  const staging = [...publishedGoMod.matchAll(/^\s*(\S+) => \.\/staging\//gm)].map((match) => match[1]);
  const release = `v0.${version.split('.').slice(1).join('.')}`;
  const kept = publishedGoMod.split('\n').filter((line) => /^(go|godebug) /.test(line));
  return [
    'module devspace-test-cluster',
    ...kept,
    `require k8s.io/kubernetes v${version}`,
    'replace (',
    ...staging.map((name) => `\t${name} => ${name} ${release}`),
    ')',
    '',
  ].join('\n');
}

/** Linker flags without which a server calls itself v0.0.0 and clients refuse it. `prefix`: of a vendored build. */
export function versionFlags(version: string, prefix = ''): string {
  const [major, minor] = version.split('.');
  const values = {
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: 'devspace-test-cluster',
  };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const flags = packages.flatMap((name) =>
    Object.entries(values).map(([key, value]) => `-X ${prefix}${name}.${key}=${value}`),
  );
  return ['-s', '-w', ...flags].join(' ');
}
