import { formatBytes, formatMs } from '../../base/format.js';
import { visible } from '../../base/text-table.js';
import { type Verified, verify } from '../../sync/inspect/verify.js';
import type { CommandHandler, Invocation } from '../command.js';
import { openKube } from '../open-kube.js';
import { openSubject } from './open-inspection.js';
import { printResult } from '../result.js';
import { subjectsOf } from './sync-subjects.js';

/** How often progress is shown, where it can be shown in one line. */
const progressEveryMs = 200;

/** `devspace sync verify`: compares the content of both sides by hash and changes nothing. Exit code 1 when they differ. */
export const run: CommandHandler = async (invocation) => {
  const { emit, signal } = invocation;
  const subjects = await subjectsOf(invocation);
  using kube = await openKube(invocation);
  const results: ({ local: string; container: string } & Verified)[] = [];
  for (const subject of subjects) {
    const began = performance.now();
    await using inspection = await openSubject(subject, kube, invocation);
    const { root: local } = inspection.local;
    const container = inspection.remote?.root ?? subject.containerPath;
    const id = `verify ${local}`;
    emit({ type: 'waiting', id, text: `comparing ${local} with ${container}` });
    const found = await verify(inspection, { signal, onProgress: progress(id, invocation) }).finally(() =>
      emit({ type: 'waited', id }),
    );
    results.push({ local, container, ...found });
    const figures = `${found.hashed} files, ${formatBytes(found.bytes)} in ${formatMs(performance.now() - began)}`;
    const count = found.differences.length;
    const text =
      count === 0
        ? `${local} and ${container} are equal (${figures})`
        : `${local} and ${container} differ at ${count} path${count === 1 ? '' : 's'} (${figures})`;
    emit({ type: 'note', level: count === 0 ? 'done' : 'warn', text });
  }
  const equal = results.every(({ differences }) => differences.length === 0);
  printResult(invocation, { equal, syncs: results }, () =>
    results.flatMap(({ differences }) =>
      differences.map(({ path, text }) => `${visible(path)}: ${visible(text)}`),
    ),
  );
  return equal ? 0 : 1;
};

/** Only a terminal has a line that can be written anew. */
function progress(id: string, { emit, stderr }: Invocation) {
  if (!stderr.isTTY) return undefined;
  let last = performance.now();
  return ({ bytes, files, of }: { bytes: number; files: number; of: number }) => {
    const now = performance.now();
    if (now - last < progressEveryMs) return;
    last = now;
    emit({ type: 'waiting', id, text: `comparing: ${files} of ${of} files, ${formatBytes(bytes)}` });
  };
}
