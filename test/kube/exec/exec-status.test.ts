import { describe, expect, it } from 'vitest';
import { execOutcome } from '../../../src/kube/exec/exec-status.js';

const nonZero = (message: string) => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: `command terminated with non-zero exit code ${message}`,
  details: { causes: [{ reason: 'ExitCode', message }] },
});

describe('execOutcome', () => {
  it.each<[string, string, ReturnType<typeof execOutcome>]>([
    ['success', JSON.stringify({ metadata: {}, status: 'Success' }), { code: 0 }],
    ['an exit code', JSON.stringify(nonZero('137')), { code: 137 }],
    [
      'a code that is none',
      JSON.stringify(nonZero('?')),
      { error: 'command terminated with non-zero exit code ?' },
    ],
    [
      'an error of the runtime',
      JSON.stringify({ status: 'Failure', reason: 'InternalError', message: 'no such file' }),
      { error: 'no such file' },
    ],
    ['an error without words', JSON.stringify({ status: 'Failure' }), { error: 'failed without a message' }],
    ['half a status', '{"status":"Succ', undefined],
    ['something else', '[]', undefined],
    ['nothing', '', undefined],
  ])('%s', (_name, text, outcome) => {
    expect(execOutcome(text)).toEqual(outcome);
  });
});
