import { describe, expect, it } from 'vitest';
import { execOutcome, startFailureText } from '../../../src/kube/exec/exec-status.js';

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

describe('startFailureText', () => {
  it.each([
    [
      'Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "958a": OCI runtime exec failed: exec failed: unable to start container process: exec: "x": executable file not found in $PATH: unknown',
      'exec: "x": executable file not found in $PATH',
    ],
    ['OCI runtime exec failed: unable to start container process: a: b', 'a: b'],
    ['container is not running', 'container is not running'],
  ])('%s', (message, text) => {
    expect(startFailureText(message)).toBe(text);
  });
});
