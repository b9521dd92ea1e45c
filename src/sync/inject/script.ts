/** Exit codes the script ends with when it cannot go on. */
export const scriptExit = { noWritableDirectory: 73, unpackFailed: 74 } as const;

/**
 * What runs in the container before the helper does (docs/sync-protocol.md, "Start"), in the language every /bin/sh has. `token` makes the directory's
 * name unique; `mkdir` fails when it exists, so no one else's directory is ever used. Nothing is read beyond the announced bytes that matters: the
 * client sends nothing more before the helper has spoken.
 */
export function startScript(token: string): string {
  if (!/^[a-zA-Z0-9]{6,}$/.test(token)) throw new Error(`unfit token ${token}`);
  return `umask 077
for base in "$TMPDIR" /tmp /var/tmp /dev/shm .; do
  [ -n "$base" ] && [ -d "$base" ] && [ -w "$base" ] || continue
  dir="$base/.devspace-${token}"
  mkdir "$dir" 2>/dev/null || continue
  if printf '#!/bin/sh\\nexit 0\\n' >"$dir/try" 2>/dev/null && chmod 700 "$dir/try" && "$dir/try" 2>/dev/null; then
    rm -f "$dir/try"
    break
  fi
  rm -rf "$dir"
  dir=
done
if [ -z "$dir" ] || [ ! -d "$dir" ]; then
  echo "no directory in which files can be written and run (tried TMPDIR, /tmp, /var/tmp, /dev/shm and the working directory)" >&2
  exit ${scriptExit.noWritableDirectory}
fi
trap 'rm -rf "$dir"' EXIT
trap 'exit ${scriptExit.unpackFailed}' HUP INT TERM
if command -v gzip >/dev/null 2>&1; then form=gzip; else form=raw; fi
echo "DEVSPACE1 $(uname -m) $dir $form"
read -r count name || exit ${scriptExit.unpackFailed}
if [ "$form" = gzip ]; then
  head -c "$count" | gzip -dc >"$dir/$name" || exit ${scriptExit.unpackFailed}
else
  head -c "$count" >"$dir/$name" || exit ${scriptExit.unpackFailed}
fi
chmod 700 "$dir/$name" || exit ${scriptExit.unpackFailed}
trap - EXIT HUP INT TERM
exec "$dir/$name" serve
`;
}
