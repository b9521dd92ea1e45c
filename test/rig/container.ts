import type { Namespace } from './cluster.js';

/** A shell script in a container, `deploy/web` for example; its output without the last newline. */
export function inContainer(namespace: Namespace, where: string, script: string): Promise<string> {
  return namespace.kubectl(['exec', where, '--', 'sh', '-c', script]);
}

/** What sync has left in the container: its processes and folders, wherever they are. Nothing, when all is well. */
export function syncLeftovers(namespace: Namespace, where: string): Promise<string> {
  return inContainer(
    namespace,
    where,
    `for dir in /proc/[0-9]*; do tr '\\0' ' ' <$dir/cmdline 2>/dev/null | grep '/devspace-helper-[a-z0-9]* serve'; done
find / -xdev -name '.devspace-*' 2>/dev/null
true`,
  );
}
