/** Exit codes the script ends with when it cannot go on. */
export const scriptExit = { noWritableDirectory: 73, unpackFailed: 74, toolsMissing: 75 } as const;

export interface ScriptOptions {
  /** Makes the directory's name unique: 12 hexadecimal digits. */
  token: string;
  /** Where the helper had better not be put, because it is the synced directory: absolute, or relative to the working directory. */
  root?: string | undefined;
  /** The process in whose file system the helper is to work, when that is not the script's own. */
  target?: number | undefined;
  /** What the helper is to do: to sync (default), or to carry connections, in place of the one with the same token (docs/tunnel-protocol.md). */
  tunnel?: string | undefined;
}

/**
 * What runs in the container before the helper does (docs/sync-protocol.md, "Start"), in the language every /bin/sh has. Beside the shell it needs
 * mkdir and chmod, head or dd, and sha256sum or wc. `mkdir` fails when the directory exists, so no one else's is ever used; a helper is made
 * executable only when it has come whole. Nothing is read beyond the announced bytes that matters: the client sends nothing more before the
 * helper has spoken.
 */
export function startScript({ token, root, target, tunnel }: ScriptOptions): string {
  for (const one of [token, tunnel ?? token])
    if (!/^[0-9a-f]{12}$/.test(one)) throw new Error(`unfit token ${one}`);
  const task = tunnel === undefined ? `serve${target === undefined ? '' : ` ${target}`}` : `tunnel ${tunnel}`;
  return `umask 077
has() { command -v "$1" >/dev/null 2>&1; }
for tool in mkdir chmod; do
  has $tool || { echo "the container has no $tool" >&2; exit ${scriptExit.toolsMissing}; }
done
has head || has dd || { echo "the container has neither head nor dd" >&2; exit ${scriptExit.toolsMissing}; }
has sha256sum || has wc || { echo "the container has neither sha256sum nor wc" >&2; exit ${scriptExit.toolsMissing}; }

root=${quote(root ?? '')}
case $root in '' | /*) ;; .) root=$PWD ;; *) root=$PWD/$root ;; esac
root=\${root%/}
dir=
tried=
# A place of our own where files can be run. An empty program needs no interpreter: the shell takes it for a script when the kernel does not.
use() {
  [ -d "$1" ] && [ -w "$1" ] || return 1
  dir=\${1%/}/.devspace-${token}
  if mkdir "$dir"; then
    if printf '' >"$dir/try" && chmod 700 "$dir/try" && "$dir/try"; then return 0; fi
    case "$tried " in *" $1 "*) ;; *) tried="$tried $1" ;; esac
    has rm && rm -rf "$dir"
  fi
  dir=
  return 1
} 2>/dev/null
outside() { [ -z "$root" ] || case \${1%/}/ in "$root"/*) return 1 ;; esac; }
search() {
  for base in "$TMPDIR" /tmp /var/tmp /dev/shm; do
    [ -n "$base" ] && $1 "$base" && use "$base" && return
  done
  while read -r _ base type options _; do
    case $type in proc | sysfs | cgroup* | devpts | mqueue | devtmpfs) continue ;; esac
    case ",$options," in *,ro,*) continue ;; esac
    $1 "$base" && use "$base" && return
  done </proc/mounts
  $1 "$PWD" && use "$PWD"
} 2>/dev/null
search outside || search true || {
  [ -z "$tried" ] || echo "programs cannot be run in$tried (a file system mounted noexec)" >&2
  echo "no directory in which files can be written and run; looked at TMPDIR, /tmp, /var/tmp, /dev/shm, all mounted volumes and the working directory" >&2
  exit ${scriptExit.noWritableDirectory}
}
clean() { has rm && rm -rf "$dir"; }
trap clean EXIT
trap 'exit ${scriptExit.unpackFailed}' HUP INT TERM
fail() { echo "$1" >&2; exit ${scriptExit.unpackFailed}; }

machine() {
  has uname && uname -m && return
  read -r name </proc/sys/kernel/arch && echo "$name" && return
  # Each architecture has its own words for what a processor can do.
  while read -r key _; do
    case $key in flags) echo x86_64; return ;; Features) echo aarch64; return ;; esac
  done </proc/cpuinfo
  echo unknown
} 2>/dev/null
take() { if has head; then head -c "$1"; else dd ibs=1 obs=65536 count="$1" 2>/dev/null; fi; }
if has gzip; then form=gzip; else form=raw; fi
echo "DEVSPACE1 $(machine) $dir $form"
read -r count name size sum || fail "the stream ended before the helper came"
file="$dir/$name"
echo $$ >"$dir/pid"
if [ $form = gzip ]; then take "$count" | gzip -dc >"$file"; else take "$count" >"$file"; fi || fail "the helper could not be written to $dir"
if has sha256sum; then
  set -- $(sha256sum <"$file")
  [ "$1" = "$sum" ] || fail "the helper did not arrive whole: its hash is $1 instead of $sum"
else
  set -- $(wc -c <"$file")
  [ "$1" = "$size" ] || fail "the helper did not arrive whole: it has $1 bytes instead of $size"
fi
chmod 700 "$file" || fail "the helper could not be made executable"
trap - EXIT HUP INT TERM
exec "$file" ${task}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
