import { Failure } from '../../base/failure.js';
import { numberFlag } from '../flags.js';

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** `--lines`: a number from 0, or `all` (undefined). Throws USAGE. */
export function linesFlag(value: unknown, otherwise: number | undefined): number | undefined {
  if (value === undefined) return otherwise;
  return value === 'all' ? undefined : numberFlag('--lines', value, 0, 'or "all"');
}

/** `--since`: how long ago (`90s`, `5m`, `1h30m`), in seconds of the server's clock, or a time (RFC 3339). Throws USAGE. */
export function sinceFlag(value: unknown): { sinceSeconds: number } | { sinceTime: string } | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : '';
  if (DURATION.test(text)) {
    const sinceSeconds = Math.ceil(secondsOf(text));
    if (sinceSeconds > 0 && Number.isSafeInteger(sinceSeconds)) return { sinceSeconds };
  }
  if (TIME.test(text) && !Number.isNaN(Date.parse(text))) return { sinceTime: text };
  throw new Failure({
    code: 'USAGE',
    message: `--since wants how long ago, or a time, got "${text}"`,
    hint: 'write it as --since 5m or --since 2026-01-31T08:00:00Z',
  });
}

function secondsOf(duration: string): number {
  let seconds = 0;
  for (const [, count, unit] of duration.matchAll(/([\d.]+)(ms|s|m|h|d)/g))
    seconds += Number(count) * SECONDS[unit as keyof typeof SECONDS];
  return seconds;
}
