/**
 * What the container beside runs: it waits while a helper is at work there, and ends about half a minute after the last one, time enough to come back. A helper that
 * was killed does not keep it, because its process is looked for.
 */
export const lingerScript = `idle=0
while [ $idle -lt 6 ]; do
  sleep 5
  idle=$((idle + 1))
  for dir in "\${TMPDIR:-/tmp}"/.devspace-* /tmp/.devspace-* /var/tmp/.devspace-* .devspace-*; do
    read -r pid 2>/dev/null <"$dir/pid" && [ -d "/proc/$pid" ] && idle=0
  done
done
`;

/** The process whose file system is the target container's, and who owns it and us: what decides whether we may enter it. */
export interface Probe {
  pid: number;
  target: { uid: number; gid: number };
  own: { uid: number; gid: number };
  /** Whether its file system can be entered. */
  open: boolean;
}

/**
 * Finds the target's first process. In a process namespace shared with that container alone it is 1; where the whole pod shares one, it is the
 * first in the control group named after the container's id (`containerd://<id>`).
 */
export function probeScript(containerId: string | undefined): string {
  const id = containerId?.replace(/^.*\/\//, '') ?? '';
  if (!/^[\w.-]*$/.test(id)) throw new Error(`unfit container id ${id}`);
  const find = `pid=
for dir in /proc/[0-9]*; do
  number=\${dir#/proc/}
  [ -z "$pid" ] || [ $number -lt $pid ] || continue
  while read -r line; do
    case $line in *${id}*) pid=$number ;; esac
  done 2>/dev/null <$dir/cgroup
done
`;
  return `${id === '' ? 'pid=1\n' : find}ids() {
  while read -r key id _; do
    case $key in Uid:) uid=$id ;; Gid:) gid=$id ;; esac
  done <"/proc/$1/status" && echo "$uid $gid"
}
[ -n "$pid" ] && [ -d /proc/$pid/root/. ] && way=open || way=closed
echo "\${pid:-0} $(ids "$pid") $(ids self) $way"
`;
}

/** Reads what {@link probeScript} printed; undefined: it found no process. */
export function parseProbe(output: string): Probe | undefined {
  const match = /^([1-9]\d*) (\d+) (\d+) (\d+) (\d+) (open|closed)$/m.exec(output);
  if (match === null) return undefined;
  const [pid, uid, gid, ownUid, ownGid] = match.slice(1, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { pid, target: { uid, gid }, own: { uid: ownUid, gid: ownGid }, open: match[6] === 'open' };
}
