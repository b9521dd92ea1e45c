import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findSyncs, keyOf } from '../../state/sync-records.js';
import { forgetAncestors } from '../../sync/ancestor/forget.js';

/** What is known of so many pods that are not synced now is kept, in case that one comes back under its name. */
const kept = 8;

/**
 * Forgets replicas of before, but the last ones: each pod of a Deployment has a new name, so that they would pile up in the state of `root`. Nothing of a
 * user is lost, since replicas are only uploaded to. Never throws.
 */
export async function sweepReplicas(root: string): Promise<void> {
  const ended = (await findSyncs(root))
    .filter(({ record, running }) => record.isReplica === true && running === false)
    .toSorted((a, b) => (a.record.since < b.record.since ? 1 : -1));
  for (const { file } of ended.slice(kept)) {
    await forgetAncestors(dirname(file), keyOf(file)).catch(() => {});
    await rm(file, { force: true }).catch(() => {});
  }
}
