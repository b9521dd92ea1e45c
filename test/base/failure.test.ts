import { describe, expect, it } from 'vitest';
import { Failure, isFailure, messageOf, systemCode } from '../../src/base/failure.js';

describe('Failure', () => {
  it('ends the process with 1 and has no details unless told otherwise', () => {
    const failure = new Failure({ code: 'X', message: 'no' });
    expect(failure).toMatchObject({ code: 'X', message: 'no', exitCode: 1, details: [] });
    expect([failure.hint, failure.subject, failure.cause]).toEqual([undefined, undefined, undefined]);
    expect('cause' in failure).toBe(false);
  });

  it('is told from other errors, and by its code', () => {
    const failure = new Failure({ code: 'X', message: 'no', exitCode: 3 });
    expect([isFailure(failure), isFailure(failure, 'X'), isFailure(failure, 'Y')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isFailure(new Error('X')), isFailure(undefined)]).toEqual([false, false]);
  });
});

it.each([
  [new Error('no'), 'no'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [null, 'null'],
])('the message of %s', (error, message) => {
  expect(messageOf(error)).toBe(message);
});

it.each([
  [Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
  [Object.assign(new Error('x'), { code: 7 }), undefined],
  [new Error('x'), undefined],
  [{ code: 'ENOENT' }, undefined],
])('the system code of %j', (error, code) => {
  expect(systemCode(error)).toBe(code);
});
