import { besideOf } from '../../dev/run/beside.js';
import { openExec } from '../../kube/exec/exec.js';
import type { Kube } from '../../kube/kube.js';
import { readExcludes } from '../../sync/excludes/read-excludes.js';
import { ancestorOf } from '../../sync/ancestor/memory.js';
import { type Inspection, openInspection } from '../../sync/inspect/inspection.js';
import type { Invocation } from '../command.js';
import { helperDir } from '../helper-dir.js';
import type { Subject } from './sync-subjects.js';

/** Opens both sides of a subject for looking at them; without `kube` this side only. Throws as startSync, and what finding the container throws. */
export async function openSubject(
  subject: Subject,
  kube: Kube | undefined,
  { emit, signal }: Invocation,
): Promise<Inspection> {
  const { containerPath, direction, key, localRoot, sources, stateDir } = subject;
  const { patterns } = await readExcludes(localRoot, sources);
  const target = kube && (await subject.find(kube));
  return openInspection({
    localRoot,
    ...patterns,
    direction,
    container: kube &&
      target && {
        open: (command, abort) => {
          const { container, namespace, pod } = target;
          return openExec(kube, { namespace, pod, container, command }, abort);
        },
        beside: besideOf(kube, target, { image: subject.helperImage, emit }),
        helperDir: helperDir(),
        root: containerPath,
        identity: `${target.uid}/${target.containerId}`,
      },
    ancestor: key === undefined ? undefined : ancestorOf(stateDir, key),
    emit,
    signal,
  });
}
