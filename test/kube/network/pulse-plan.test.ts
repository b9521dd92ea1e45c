import { describe, expect, it } from 'vitest';
import { beat, newPulse, type Pulse } from '../../../src/kube/network/pulse-plan.js';

type Heard = 'heard' | 'silent' | { sleptWallMs: number; sleptMonoMs?: number };

/** Plays beats at their time; what each decided, with the seconds since the start. */
function play(...beats: readonly Heard[]): string[] {
  let [wallMs, monoMs] = [1_000_000, 0];
  let pulse: Pulse = newPulse({ wallMs, monoMs });
  return beats.map((one) => {
    wallMs += pulse.dueMs;
    monoMs += pulse.dueMs;
    if (typeof one === 'object') {
      wallMs += one.sleptWallMs;
      monoMs += one.sleptMonoMs ?? 0;
    }
    const step = beat(pulse, { wallMs, monoMs, heard: one === 'heard' });
    pulse = step.pulse;
    return `${(wallMs - 1_000_000) / 1000} ${step.act}${step.sleptMs === undefined ? '' : ` slept ${step.sleptMs}`}`;
  });
}

describe('the pulse of a connection', () => {
  it.each<[string, Heard[], string[]]>([
    ['is calm while something comes', ['heard', 'heard'], ['5 ping', '10 ping']],
    [
      'is looked at closer after one silence, and calm again after one answer',
      ['silent', 'heard', 'heard'],
      ['5 ping', '6 ping', '11 ping'],
    ],
    [
      'is gone within 11 s of the last sign of life',
      ['heard', 'silent', 'silent'],
      ['5 ping', '10 ping', '11 gone'],
    ],
    [
      'is asked at once after a sleep, and believed dead two seconds later',
      ['heard', { sleptWallMs: 3_600_000 }, 'silent', 'silent'],
      ['5 ping', '3610 ping slept 3600000', '3611 ping', '3612 gone'],
    ],
    [
      'is not blamed for what could not be heard while the process was stopped',
      ['silent', { sleptWallMs: 20_000, sleptMonoMs: 20_000 }, 'heard', 'heard'],
      ['5 ping', '26 ping slept 20000', '27 ping', '32 ping'],
    ],
    ['does not mind beats that are a little late', [{ sleptWallMs: 4000, sleptMonoMs: 4000 }], ['9 ping']],
  ])('%s', (_name, beats, steps) => {
    expect(play(...beats)).toEqual(steps);
  });
});
