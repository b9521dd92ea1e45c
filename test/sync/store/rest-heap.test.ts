import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HeapRest } from '../../../src/sync/store/rest-heap.js';
import { until } from '../../rig/until.js';

const MiB = 1024 * 1024;

function rest(quietMs: number) {
  const seen = { residentMiB: 100, collected: 0 };
  const heap = new HeapRest({
    quietMs,
    resident: () => seen.residentMiB * MiB,
    collect: () => {
      seen.collected += 1;
      seen.residentMiB = 70;
    },
  });
  return { heap, seen, [Symbol.dispose]: () => heap[Symbol.dispose]() };
}

it('collects twice once nothing was touched for a while, and not again', async () => {
  using it = rest(5);
  expect(it.seen.collected).toBe(0);
  it.heap.touch();
  await until('two collections', () => it.seen.collected === 2);
  await pause(30);
  expect(it.seen.collected).toBe(2);
});

it('collects nothing before', async () => {
  using it = rest(60_000);
  for (let count = 0; count < 1000; count += 1) it.heap.touch();
  await pause(20);
  expect(it.seen.collected).toBe(0);
});

it('collects again only when resident memory has grown since', async () => {
  using it = rest(5);
  it.heap.touch();
  await until('two collections', () => it.seen.collected === 2);
  it.seen.residentMiB = 80;
  it.heap.touch();
  await pause(40);
  expect(it.seen.collected).toBe(2);
  it.seen.residentMiB = 90;
  it.heap.touch();
  await until('two more', () => it.seen.collected === 4);
});

it('leaves a hundred times as long between collections that take long', async () => {
  const at: number[] = [];
  const collect = () => {
    const began = performance.now();
    while (performance.now() - began < 3);
    at.push(performance.now());
  };
  using heap = new HeapRest({ quietMs: 1, resident: () => 100 * MiB, collect });
  heap.touch();
  await until('two collections', () => at.length === 2);
  expect(at[1]! - at[0]!).toBeGreaterThan(290);
});

it('does nothing after its end', async () => {
  const { heap, seen } = rest(1);
  heap.touch();
  heap[Symbol.dispose]();
  heap.touch();
  await pause(20);
  expect(seen.collected).toBe(0);
});
