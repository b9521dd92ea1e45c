import type { Emit, Reporter, ServiceStatus } from '../report/events.js';

/** After that time a run says what its end waits for. */
const TELL_MS = 3000;
/** All that is waited for at an end has a limit of its own, together less than this. What still runs then would run for ever. */
const CUT_MS = 15_000;

export interface LateEndOptions {
  /** When the run is to end. */
  signal: AbortSignal;
  /** Ends the process. */
  cut: () => void;
  tellMs?: number;
  cutMs?: number;
}

/**
 * Watches over the end of a run, for nobody is to sit before one that does not come: after 3 s it tells what is waited for, after 15 s it warns (END_CUT)
 * and cuts the run off. Hears which services there are from what the reporter is told; that one is closed last. Dispose it when the run has ended.
 */
export function watchEnd(reporter: Reporter, options: LateEndOptions): { handle: Emit } & Disposable {
  const { cut, cutMs = CUT_MS, signal, tellMs = TELL_MS } = options;
  const services = new Map<string, ServiceStatus>();
  const timers: NodeJS.Timeout[] = [];
  let isTold = false;
  const tell = (): void => {
    isTold = true;
    reporter.handle({ type: 'waiting', id: 'end', text: `for ${open(services)} to end` });
    reporter.handle({ type: 'note', level: 'info', text: 'Ctrl-C again ends at once' });
  };
  const end = (): void => {
    const text = `${open(services)} did not end within ${cutMs / 1000} s: ended without waiting any longer`;
    reporter.handle({ type: 'warning', code: 'END_CUT', text });
    reporter.close();
    cut();
  };
  const begin = (): void =>
    void timers.push(setTimeout(tell, tellMs).unref(), setTimeout(end, cutMs).unref());
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    handle: (event) => {
      if (event.type === 'service') services.set(`${event.service} ${event.name}`, event);
      reporter.handle(event);
    },
    [Symbol.dispose]() {
      signal.removeEventListener('abort', begin);
      for (const timer of timers) clearTimeout(timer);
      if (isTold) reporter.handle({ type: 'waited', id: 'end' });
    },
  };
}

/** Those that have not told their end: `ports 127.0.0.1:8080 -> 80, sync ./src <-> /app`. The network and the pod end by themselves. */
function open(services: ReadonlyMap<string, ServiceStatus>): string {
  const names = [...services.values()]
    .filter(({ state }) => state !== 'ended' && state !== 'failed')
    .filter(({ service }) => service !== 'network' && service !== 'target')
    .map(({ name, service }) => `${service} ${name}`.trimEnd());
  return names.length > 0 ? names.join(', ') : 'what was begun';
}
