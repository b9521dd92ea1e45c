import { Failure } from '../base/failure.js';
import type { DevSelector } from '../config/edit/dev-selector.js';

/** A comma-separated list flag: undefined when it was not given. */
export function listFlag(value: unknown): string[] | undefined {
  if (typeof value !== 'string') return undefined;
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A flag that holds a whole number of at least `least`. `others`: what else it may be, for the message. */
export function numberFlag(name: string, value: unknown, least = 0, others = ''): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Failure({
    code: 'USAGE',
    message: `${name} wants a whole number from ${least}${others === '' ? '' : ` ${others}`}, got "${String(value)}"`,
    hint: 'devspace --help',
  });
}

/** `a=b,c=d` as labels; the flag may be given several times. */
export function labelFlag(value: unknown): Record<string, string> | undefined {
  const texts = [value].flat().filter((text) => typeof text === 'string');
  if (texts.length === 0) return undefined;
  const pairs = texts.flatMap((text) => text.split(',')).map((pair) => pair.trim().split('='));
  if (pairs.some((pair) => pair.length !== 2 || pair[0] === '')) {
    throw new Failure({
      code: 'USAGE',
      message: `--label-selector "${texts.join(',')}" is no list of labels`,
      hint: 'write it as --label-selector app=web,tier=api',
    });
  }
  return Object.fromEntries(pairs.map(([key = '', text = '']) => [key, text]));
}

/** A flag that holds a text: undefined when it was not given. */
export function textFlag(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `--image-name` and `--label-selector`: the pods that an entry of dev is about. */
export function podsFlag(flags: Readonly<Record<string, unknown>>): DevSelector {
  return { imageName: textFlag(flags.imageName), labelSelector: labelFlag(flags.labelSelector) };
}
