import type { Emit, Event, ServiceStatus } from '../../report/events.js';

const states = {
  connecting: 'starting',
  started: 'starting',
  'initial-done': 'working',
  reconnecting: 'waiting',
  // Of the session; whether another one follows, those know who start it.
  stopped: undefined,
  failed: 'failed',
} as const;

/** An `emit` that also tells of the service from what its sessions tell. */
export function tellSyncService(emit: Emit, name: string): Emit {
  let where: Pick<ServiceStatus, 'container' | 'namespace' | 'pod'> = {};
  return (event: Event) => {
    emit(event);
    if (event.type !== 'sync') return;
    const { code, container, namespace, nextAttempt, pod, quiet, reason, state } = event;
    if (pod !== undefined) where = { namespace, pod, container };
    // One session takes another's place: nothing stops to work.
    if (quiet || states[state] === undefined) return;
    emit({
      type: 'service',
      service: 'sync',
      name,
      state: states[state],
      code,
      reason,
      nextAttempt,
      ...where,
    });
  };
}
