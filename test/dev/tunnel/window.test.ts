import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReceiveWindow, WindowPool } from '../../../src/dev/tunnel/window.js';

it('bounds what is under way, gives all of it back in the end, and never stops a reader that reads on', () => {
  const steps = fc.array(fc.record({ sent: fc.nat({ max: 200_000 }), passed: fc.nat({ max: 200_000 }) }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (steps) => {
      const pool = new WindowPool();
      const all = pool.free;
      const window = new ReceiveWindow(pool, 65_536);
      let open = 65_536;
      let waiting = 0;
      for (const { passed, sent } of [...steps, { sent: 0, passed: Infinity }]) {
        const bytes = Math.min(sent, open);
        open -= bytes;
        waiting += bytes;
        expect(window.take(bytes)).toBe(true);
        expect(waiting).toBeLessThanOrEqual(1_048_576);
        const read = Math.min(passed, waiting);
        waiting -= read;
        open += window.passed(read);
        if (waiting === 0) expect(open).toBeGreaterThan(32_767);
      }
      expect(window.take(open + 1)).toBe(false);
      window.drop();
      expect(pool.free).toBe(all);
    }),
  );
});

it('grows for a reader that keeps up, as long as there is some to grow by', () => {
  const pool = new WindowPool();
  const grow = (window: ReceiveWindow): number => {
    let open = 65_536;
    for (let round = 0; round < 10; round += 1) {
      window.take(open);
      open = window.passed(open);
    }
    return open;
  };
  const windows = Array.from({ length: 20 }, () => new ReceiveWindow(pool, 65_536));
  const sizes = windows.map(grow);
  expect(sizes[0]).toBe(1_048_576);
  expect(sizes.at(-1)).toBe(65_536);
  expect(pool.free).toBe(0);
});
