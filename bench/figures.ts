/** One measured quantity: samples of every subject, taken in the same run. */
export interface Measurement {
  readonly name: string;
  readonly unit: Unit;
  readonly figures: readonly Figure[];
  /** How it was taken, where the name does not say it all. */
  readonly note?: string | undefined;
}

export type Unit =
  'ms' | 'MiB' | 'bytes' | 'lines' | 'ms/s' | 'times/s' | 'a minute' | 'open' | 'bytes a minute';

export interface Figure {
  /** What was measured: `devspace`, a peer, or a reference such as the node floor. */
  readonly subject: string;
  readonly samples: readonly number[];
  /** What the median has to stay at or below, and how that limit is called. */
  readonly target?: Target | undefined;
}

export interface Target {
  readonly limit: number;
  readonly text: string;
}

export interface Summary {
  readonly n: number;
  readonly min: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** Order statistics of at least one sample; the percentile is the nearest rank. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  const [min, p90, max] = [sorted[0], rank(0.9), sorted.at(-1)];
  if (min === undefined || p90 === undefined || max === undefined) throw new Error('no samples');
  return { n: sorted.length, min, median: median(sorted), p90, max };
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('no samples');
  return (low + high) / 2;
}

/** Whether the figure's median keeps its target; undefined without one. */
export function isMet({ samples, target }: Figure): boolean | undefined {
  return target && median(samples) <= target.limit;
}
