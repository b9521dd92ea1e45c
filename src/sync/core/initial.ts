/**
 * How the first merge of a run decides what the ancestor does not tell:
 *
 * - `preferNewest`: what only one side has goes to the other; of two contents the newer wins, the other goes to the trash
 * - `preferLocal`, `preferRemote`: the same, but this side wins
 * - `mirrorLocal`, `mirrorRemote`: the other side is made equal to this one; what only the other has is removed there
 * - `keepAll`: what only one side has goes to the other; two contents both stay until one changes
 * - `disabled`: what differs stays as it is until it changes
 */
export type InitialSync = (typeof initialSyncs)[number];

export const initialSyncs = [
  'preferNewest',
  'preferLocal',
  'preferRemote',
  'mirrorLocal',
  'mirrorRemote',
  'keepAll',
  'disabled',
] as const;

/** Whether the mode leaves paths different on purpose. */
export const keepsDifferences = (mode: InitialSync): boolean => mode === 'keepAll' || mode === 'disabled';
