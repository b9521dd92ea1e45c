import type { ServiceStatus } from '../../report/events.js';

export type RunState = 'starting' | 'running' | 'recovering' | 'stopping' | 'stopped';

export interface Run {
  readonly state: RunState;
  /** Every service that was ever told of, in that order. */
  readonly services: ReadonlyMap<string, KnownService>;
}

export interface KnownService extends ServiceStatus {
  /** It has worked before. */
  readonly hasWorked: boolean;
  /** It waits for nothing but the network. */
  readonly waitsForNetwork?: boolean;
}

export type RunEvent =
  | { type: 'service'; status: ServiceStatus }
  /** Everything was started and has worked once. */
  | { type: 'ready' }
  /** By the user, by a failure, by another run that takes over, by the end of the terminal. */
  | { type: 'stop' }
  /** Everything is closed. */
  | { type: 'closed' };

export type RunAction =
  | 'tell-ready'
  /** Something that worked does not. */
  | 'tell-lost'
  /** All of it works again. */
  | 'tell-recovered'
  | 'close';

export interface RunStep {
  readonly run: Run;
  readonly actions: readonly RunAction[];
}

export const newRun: Run = { state: 'starting', services: new Map() };

/**
 * The life of a dev run, as a pure function: what an event makes of it, and what is to be done.
 *
 *     starting ──ready──▶ running ──one does not work any more──▶ recovering
 *        │                 │  ▲──────────all work again────────────┘  │
 *        └─────stop──────▶ stopping ◀────────────stop─────────────────┘
 *                             └──closed──▶ stopped
 *
 * What has never worked is no loss, and what has ended or failed is not waited for. What a service tells while all is closed is noted and changes
 * nothing. Throws on what cannot happen.
 */
export function step(run: Run, event: RunEvent): RunStep {
  const { state } = run;
  switch (event.type) {
    case 'service': {
      const services = noted(run.services, event.status);
      const isHurt = [...services.values()].some(isLost);
      if (state === 'running' && isHurt)
        return { run: { state: 'recovering', services }, actions: ['tell-lost'] };
      if (state === 'recovering' && !isHurt)
        return { run: { state: 'running', services }, actions: ['tell-recovered'] };
      return { run: { state, services }, actions: [] };
    }
    case 'ready':
      if (state === 'stopping') return { run, actions: [] };
      if (state !== 'starting') break;
      return { run: { ...run, state: 'running' }, actions: ['tell-ready'] };
    case 'stop':
      if (state === 'stopping' || state === 'stopped') return { run, actions: [] };
      return { run: { ...run, state: 'stopping' }, actions: ['close'] };
    case 'closed':
      if (state !== 'stopping') break;
      return { run: { ...run, state: 'stopped' }, actions: [] };
    default:
  }
  throw new Error(`illegal transition of a dev run: ${event.type} while ${state}`);
}

/** What worked before and does not now. */
export const isLost = ({ hasWorked, state }: KnownService): boolean =>
  hasWorked && (state === 'waiting' || state === 'starting');

/** These sessions find out by themselves; what else works, works over the network and has nobody who tells of it. */
const tellThemselves: ReadonlySet<ServiceStatus['service']> = new Set(['network', 'target', 'sync']);

function noted(before: Run['services'], status: ServiceStatus): Run['services'] {
  const key = `${status.service} ${status.name}`;
  const hasWorked = status.state === 'working' || before.get(key)?.hasWorked === true;
  const services = new Map(before).set(key, { ...status, hasWorked });
  if (status.service !== 'network') return services;
  for (const [other, known] of services) {
    if (tellThemselves.has(known.service)) continue;
    const { code, reason, state } = status;
    if (state === 'waiting' && known.state === 'working')
      services.set(other, { ...known, state, code, reason, waitsForNetwork: true });
    if (state === 'working' && known.waitsForNetwork) {
      const { code: _, reason: __, waitsForNetwork: ___, ...rest } = known;
      services.set(other, { ...rest, state });
    }
  }
  return services;
}
