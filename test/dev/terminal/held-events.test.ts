import { describe, expect, it } from 'vitest';
import { HeldEvents } from '../../../src/dev/terminal/held-events.js';
import type { Event } from '../../../src/report/events.js';
import type { LogFile } from '../../../src/state/log-file.js';

function rig(): { held: HeldEvents; shown: Event[]; logged: string[] } {
  const shown: Event[] = [];
  const logged: string[] = [];
  const log: LogFile = {
    path: '/logs/dev.log',
    write: (level, text) => logged.push(`${level} ${text}`),
    [Symbol.asyncDispose]: async () => {},
  };
  return { held: new HeldEvents((event) => shown.push(event), log), shown, logged };
}
const note = (text: string): Event => ({ type: 'note', level: 'info', text });
const warning = (text: string): Event => ({ type: 'warning', code: 'W', text });

describe('HeldEvents', () => {
  it('passes on what comes before and after', () => {
    const { held, logged, shown } = rig();
    held.emit(note('before'));
    held.hold()[Symbol.dispose]();
    held.emit(note('after'));
    expect(shown.filter(({ type }) => type === 'note')).toEqual([note('before'), note('after')]);
    expect(logged).toEqual([]);
  });

  it('logs what comes meanwhile, shows the warnings afterwards and counts the rest', () => {
    const { held, logged, shown } = rig();
    const holding = held.hold();
    const before = shown.length;
    held.emit(note('one'));
    held.emit(warning('bad'));
    held.emit({ type: 'sync-change', direction: 'up', action: 'create', path: 'x' });
    expect(shown).toHaveLength(before);
    holding[Symbol.dispose]();
    expect(logged).toEqual(['info one', 'warn bad (W)']);
    expect(shown.slice(before)).toEqual([warning('bad'), note('1 more message meanwhile: /logs/dev.log')]);
  });

  it('shows the first of many warnings', () => {
    const { held, shown } = rig();
    const holding = held.hold();
    for (let index = 0; index < 100; index += 1) held.emit(warning(`${index}`));
    holding[Symbol.dispose]();
    expect(shown.filter(({ type }) => type === 'warning')).toHaveLength(10);
    expect(shown.at(-1)).toEqual(note('90 more messages meanwhile: /logs/dev.log'));
  });

  it('takes away what sync has under way, and shows what it has when the terminal ends', () => {
    const { held, shown } = rig();
    const pending = (paths: number): Event => ({ type: 'sync-pending', paths, bytes: 0, moved: 0 });
    held.emit(pending(3));
    const holding = held.hold();
    expect(shown).toEqual([pending(3), pending(0), { type: 'run', state: 'running' }]);
    held.emit(pending(0));
    held.emit(pending(2));
    expect(shown).toHaveLength(3);
    holding[Symbol.dispose]();
    expect(shown.slice(3)).toEqual([pending(2)]);
  });

  it('takes away what is being waited for, and shows it again when it still is', () => {
    const { held, shown } = rig();
    held.emit({ type: 'waiting', id: 'a', text: 'for a' });
    held.emit({ type: 'waiting', id: 'b', text: 'for b' });
    const holding = held.hold();
    expect(shown.slice(2)).toEqual([
      { type: 'waited', id: 'a' },
      { type: 'waited', id: 'b' },
      { type: 'run', state: 'running' },
    ]);
    held.emit({ type: 'waited', id: 'a' });
    held.emit({ type: 'waiting', id: 'c', text: 'for c' });
    holding[Symbol.dispose]();
    expect(shown.slice(5).filter(({ type }) => type === 'waiting')).toEqual([
      { type: 'waiting', id: 'b', text: 'for b' },
      { type: 'waiting', id: 'c', text: 'for c' },
    ]);
  });

  it('shows how the run is in the end', () => {
    const { held, shown } = rig();
    const holding = held.hold();
    held.emit({ type: 'run', state: 'recovering' });
    held.emit({ type: 'run', state: 'stopping' });
    holding[Symbol.dispose]();
    expect(shown.at(-1)).toEqual({ type: 'run', state: 'stopping' });
  });
});
