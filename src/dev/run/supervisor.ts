import type { Emit, Event } from '../../report/events.js';
import {
  isLost,
  newRun,
  step,
  type KnownService,
  type Run,
  type RunAction,
  type RunEvent,
} from './run-plan.js';

export interface SupervisorOptions {
  emit: Emit;
  /** Everything works for the first time. */
  onReady: () => void;
  /** The run is to be closed. */
  onClose: () => void;
  /** Something is another way than it was. */
  onChange: (run: Run) => void;
}

/** Does what {@link step} plans: it hears what the services tell, and tells of the run as a whole. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #run: Run = newRun;
  #lostSince = 0;
  #told = '';

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** For the services: what they tell of themselves is heard here, too. */
  readonly emit: Emit = (event: Event) => {
    this.#options.emit(event);
    if (event.type !== 'service') return;
    const { type: _, ...status } = event;
    this.#dispatch({ type: 'service', status });
  };

  ready(): void {
    this.#dispatch({ type: 'ready' });
  }

  stop(): void {
    this.#dispatch({ type: 'stop' });
  }

  closed(): void {
    this.#dispatch({ type: 'closed' });
  }

  #dispatch(event: RunEvent): void {
    const { actions, run } = step(this.#run, event);
    const { state } = run;
    const hasChanged = state !== this.#run.state;
    this.#run = run;
    for (const action of actions) this.#act(action);
    if (hasChanged && state !== 'running' && state !== 'starting') this.#options.emit({ type: 'run', state });
    this.#tellWaiting();
    this.#options.onChange(run);
  }

  #act(action: RunAction): void {
    const { emit, onClose, onReady } = this.#options;
    if (action === 'close') return onClose();
    const text = workingText([...this.#run.services.values()]);
    if (action === 'tell-lost') return void (this.#lostSince = performance.now());
    if (action === 'tell-recovered') {
      const recoveredMs = Math.round(performance.now() - this.#lostSince);
      return emit({ type: 'run', state: 'running', text, recoveredMs });
    }
    emit({ type: 'run', state: 'running', text });
    onReady();
  }

  /** What a run that recovers is waiting for, as one line. */
  #tellWaiting(): void {
    const text = this.#run.state === 'recovering' ? lostText([...this.#run.services.values()]) : '';
    if (text === this.#told) return;
    this.#told = text;
    this.#options.emit(text === '' ? { type: 'waited', id: 'run' } : { type: 'waiting', id: 'run', text });
  }
}

/** `for sync and logs to come back: the API server does not answer`; the network is why everything else waits. */
function lostText(services: readonly KnownService[]): string {
  const lost = services.filter(isLost);
  const network = lost.find(({ service }) => service === 'network');
  const names = [...new Set(lost.filter((one) => one !== network).map(({ service }) => service))];
  const reason = network?.reason ?? lost.find((one) => one.reason)?.reason;
  const what = names.length > 0 ? `${names.join(', ')} to come back` : 'the network';
  return `for ${what}${reason === undefined ? '' : `: ${reason}`}`;
}

/** `works: ports 8080 -> 80, sync, logs (pod web-1)`. In a terminal of the run's own nothing may be drawn. */
function workingText(services: readonly KnownService[]): string | undefined {
  const works = services.filter(({ state }) => state === 'working');
  if (works.some(({ service }) => service === 'terminal')) return undefined;
  const kinds = new Set(works.map(({ service }) => service));
  const pods = new Set(works.flatMap(({ pod }) => pod || []));
  const names = (['ports', 'sync', 'logs'] as const).filter((kind) => kinds.has(kind));
  return `works: ${names.join(', ')}${pods.size === 0 ? '' : ` (pod ${[...pods].join(', ')})`}`;
}
