import type * as z from 'zod/mini';
import type { Diagnostic } from './diagnostic.js';
import type { ConfigSource } from './source.js';

/**
 * What `schema` says of `value`; undefined when so much is wrong that it gives up, see {@link tooMuch}. jitless: compiling a validator pays off after
 * thousands of objects, a config has dozens.
 */
export function check<T extends z.ZodMiniType>(schema: T, value: unknown) {
  try {
    return schema.safeParse(value, { jitless: true });
  } catch (error) {
    // It hands on the problems of a part as the arguments of a call: some 100,000 do not fit.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function tooMuch(source: ConfigSource): Diagnostic {
  return source.diagnose('CONFIG_INVALID', [], 'tens of thousands of values here are wrong', {
    hint: 'this does not look like a devspace.yaml; make one with: devspace init',
  });
}
