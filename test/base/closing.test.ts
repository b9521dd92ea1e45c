import { expect, it } from 'vitest';
import { Closing } from '../../src/base/closing.js';

function collector() {
  const closed: string[] = [];
  const thing = (name: string, error?: Error) => ({
    async [Symbol.asyncDispose]() {
      await Promise.resolve();
      closed.push(name);
      if (error) throw error;
    },
  });
  return { closed, thing };
}

it('closes what was opened last first, one after the other', async () => {
  const { closed, thing } = collector();
  {
    await using closing = new Closing();
    const first = thing('first');
    expect(closing.use(first)).toBe(first);
    closing.defer(() => closed.push('second'));
    closing.use(thing('third'));
  }
  expect(closed).toEqual(['third', 'second', 'first']);
});

it('closes everything even when something fails, and throws the first error', async () => {
  const { closed, thing } = collector();
  const closing = new Closing();
  closing.use(thing('a'));
  closing.defer(() => {
    throw new Error('later');
  });
  closing.use(thing('b', new Error('earlier')));
  await expect(closing[Symbol.asyncDispose]()).rejects.toThrow('earlier');
  expect(closed).toEqual(['b', 'a']);
});

it('closes each thing once', async () => {
  const { closed, thing } = collector();
  const closing = new Closing();
  closing.use(thing('a'));
  await closing[Symbol.asyncDispose]();
  await closing[Symbol.asyncDispose]();
  expect(closed).toEqual(['a']);
});

it('closes what is added while closing', async () => {
  const { closed, thing } = collector();
  const closing = new Closing();
  closing.defer(() => void closing.use(thing('late')));
  await closing[Symbol.asyncDispose]();
  expect(closed).toEqual(['late']);
});
