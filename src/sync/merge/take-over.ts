import type { Recalled } from '../ancestor/memory.js';
import type { Ledger } from './ledger.js';

/** Enters in the ledger what a former session left, once both sides were looked at. */
export function takeOver(ledger: Ledger, recalled: Omit<Recalled, 'isSaved'>): void {
  recalled.ancestor.into(ledger.ancestor);
  for (const [path, stamps] of recalled.parked)
    if (ledger.local.kindOf(path) ?? ledger.remote.kindOf(path)) ledger.parked.set(path, stamps);
  for (const [path, grave] of recalled.tombstones) ledger.tombstones.set(path, grave);
  if (recalled.patternsChanged) forgiveMissing(ledger);
  if (recalled.newContainer) expectRemoved(ledger);
}

/** Excludes changed since the ancestor was written: what they hide now is missing, but was not deleted. */
function forgiveMissing({ ancestor, local, remote, rules }: Ledger): void {
  for (const [path, known] of ancestor) {
    if (!rules.excluded(path, known.kind === 'directory')) continue;
    const localStamp = local.kindOf(path) && known.localStamp;
    const remoteStamp = remote.kindOf(path) && known.remoteStamp;
    ancestor.set(path, { ...known, localStamp, remoteStamp });
  }
}

/**
 * The container is a new one: what was removed before may be there again, from its image. Where it is just that, it was deleted here and goes; it
 * is buried anew as it goes.
 */
function expectRemoved({ ancestor, tombstones }: Ledger): void {
  tombstones.meet();
  for (const [path] of tombstones) {
    const stone = ancestor.get(path) === undefined ? tombstones.of(path).at(-1) : undefined;
    if (stone === undefined) continue;
    const modes = { localMode: 0, remoteMode: 0 };
    ancestor.set(path, { ...stone, localStamp: '', remoteStamp: undefined, ...modes });
  }
}
