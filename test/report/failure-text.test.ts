import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { failedEvent, failureLines } from '../../src/report/failure-text.js';
import { styleFor } from '../../src/report/style.js';

const plain = styleFor(false);
const failure = new Failure({
  code: 'IMAGE_BUILD_FAILED',
  message: 'Building image "web" failed at: RUN make',
  hint: 'docker build .',
  details: ['make: *** no rule', ''],
  cause: new Error('exit 2'),
});

describe('a failure', () => {
  it('is its message, its details and its hint', () => {
    expect(failureLines(failure, plain)).toEqual([
      'error IMAGE_BUILD_FAILED: Building image "web" failed at: RUN make',
      '  make: *** no rule',
      '',
      '  hint: docker build .',
    ]);
  });

  it('has no more than it has', () => {
    expect(failureLines(new Failure({ code: 'X', message: 'no' }), plain)).toEqual(['error X: no']);
  });

  it('shows stack and cause only when asked to', () => {
    const lines = failureLines(failure, plain, true);
    expect(lines.slice(4)).toEqual([expect.stringContaining('failure-text.test.ts:'), 'cause: exit 2']);
  });

  it('does not change the terminal', () => {
    const evil = new Failure({ code: 'X', message: 'a\u001b[2Jb', details: ['c\u0007d'] });
    expect(failureLines(evil, plain)).toEqual(['error X: ab', '  cd']);
  });

  it('is coloured at its head', () => {
    expect(failureLines(failure, styleFor(true))[0]).toBe(
      '\u001b[31m\u001b[1merror\u001b[22m\u001b[39m \u001b[1mIMAGE_BUILD_FAILED\u001b[22m: Building image "web" failed at: RUN make',
    );
  });

  it('is an event for programs', () => {
    expect(failedEvent(failure)).toEqual({
      type: 'failed',
      code: 'IMAGE_BUILD_FAILED',
      text: 'Building image "web" failed at: RUN make',
      details: ['make: *** no rule', ''],
      hint: 'docker build .',
    });
    expect(failedEvent(new Failure({ code: 'X', message: 'no' }))).not.toHaveProperty('hint');
  });
});

describe('anything else that was thrown', () => {
  it.each([
    [new TypeError('x is undefined'), /^ {2}TypeError: x is undefined$/],
    ['a text', /^ {2}a text$/],
    [undefined, /^ {2}undefined$/],
  ])('is a bug: %s', (error, first) => {
    const lines = failureLines(error, plain, true);
    expect(lines[0]).toBe('error INTERNAL: devspace ran into a bug of its own');
    expect(lines[1]).toMatch(first);
    expect(lines.at(-1)).toBe('  hint: please report this with the lines above');
    expect(failedEvent(error).code).toBe('INTERNAL');
  });
});
