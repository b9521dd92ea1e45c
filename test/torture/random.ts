/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export type Random = () => number;

export function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(next: Random, from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;

/** A whole number from `least` to `most`. */
export const between = (next: Random, least: number, most: number): number =>
  least + Math.floor(next() * (most - least + 1));

/** One key, as often as its weight says. */
export function pickWeighted<K extends string>(next: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries(weights) as [K, number][];
  let at = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) if ((at -= weight) < 0) return key;
  return entries[entries.length - 1]![0];
}
