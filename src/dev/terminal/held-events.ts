import type { Emit, Event } from '../../report/events.js';
import type { LogFile } from '../../state/log-file.js';

/** So many messages are shown when the terminal is given back; all of them are in the log. */
const SHOWN = 10;

/**
 * Holds back what a run tells while a program in a container has the terminal, where any line would be in its way: meanwhile it goes to a log, and
 * afterwards warnings are shown and the rest is counted.
 */
export class HeldEvents {
  private readonly target: Emit;
  private readonly log: LogFile | undefined;
  private readonly waiting = new Map<string, Event>();
  private holding = false;
  private kept: Event[] = [];
  private others = 0;
  private lastRun: Event | undefined;
  /** How much sync has under way. */
  private pending: Event | undefined;

  constructor(target: Emit, log: LogFile | undefined) {
    this.target = target;
    this.log = log;
  }

  readonly emit: Emit = (event) => {
    if (event.type === 'waiting') this.waiting.set(event.id, event);
    if (event.type === 'waited') this.waiting.delete(event.id);
    if (event.type === 'sync-pending') this.pending = event.paths > 0 ? event : undefined;
    if (!this.holding) return this.target(event);
    if (event.type === 'run') this.lastRun = event;
    const message = messageIn(event);
    if (message === undefined) return;
    this.log?.write(message.level, message.text);
    if (message.level === 'warn' && this.kept.length < SHOWN) this.kept.push(event);
    else this.others += 1;
  };

  /** From now on nothing is shown, until disposed. */
  hold(): Disposable {
    this.holding = true;
    for (const id of this.waiting.keys()) this.target({ type: 'waited', id });
    if (this.pending) this.target({ type: 'sync-pending', paths: 0, bytes: 0, moved: 0 });
    // Takes the line away that says how things are.
    this.target({ type: 'run', state: 'running' });
    return { [Symbol.dispose]: () => this.release() };
  }

  private release(): void {
    if (!this.holding) return;
    this.holding = false;
    const { kept, lastRun, others } = this;
    [this.kept, this.others, this.lastRun] = [[], 0, undefined];
    for (const event of kept) this.target(event);
    if (others > 0 && this.log !== undefined) {
      const count = `${others} ${kept.length > 0 ? 'more ' : ''}${others === 1 ? 'message' : 'messages'}`;
      this.target({ type: 'note', level: 'info', text: `${count} meanwhile: ${this.log.path}` });
    }
    if (lastRun !== undefined) this.target(lastRun);
    for (const event of this.waiting.values()) this.target(event);
    if (this.pending) this.target(this.pending);
  }
}

/** What people would have read, as one line. Single synced files are in sync's own log. */
function messageIn(event: Event): { level: 'info' | 'warn'; text: string } | undefined {
  switch (event.type) {
    case 'note':
      return { level: event.level === 'warn' ? 'warn' : 'info', text: event.text };
    case 'warning':
      return { level: 'warn', text: `${event.text} (${event.code})` };
    case 'sync-conflict':
      return { level: 'warn', text: `${event.path} was changed on both sides; see ${event.savedAs}` };
    case 'waiting':
      return { level: 'info', text: `waiting ${event.text}` };
    case 'sync':
      return event.quiet
        ? undefined
        : { level: 'info', text: `sync ${event.local} <-> ${event.remote}: ${event.state}` };
    case 'forward':
      return {
        level: 'info',
        text: `forward ${event.mappings.join(', ')} to pod ${event.pod}: ${event.state}`,
      };
    case 'open':
      return { level: 'info', text: `${event.url}: ${event.state}` };
    default:
      return undefined;
  }
}
