import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/base/failure.js';
import type { Config } from '../../../src/config/schema.js';
import { withFreePorts } from '../../../src/dev/run/beside-ports.js';

const config = {
  version: 'v1beta3',
  dev: {
    ports: [
      { imageName: 'web', forward: [{ port: 8080 }, { port: 3000, remotePort: 80, bindAddress: '0.0.0.0' }] },
    ],
    open: [
      { url: 'http://localhost:8080/a?b' },
      { url: 'http://localhost:3000' },
      { url: 'http://example.com:8080/' },
    ],
  },
} as unknown as Config;

const finder = (...taken: number[]) => ({
  check: async ({ port }: { port: number }) => {
    if (taken.includes(port)) throw new Failure({ code: 'PORT_IN_USE', message: 'taken' });
    if (port < 1024) throw new Failure({ code: 'PORT_NOT_ALLOWED', message: 'low' });
  },
  findFree: async (bindAddress: string) => (bindAddress === '0.0.0.0' ? 50_000 : 40_000),
});

describe('the local ports of a run beside another one', () => {
  it('stay as they are when they are free', async () => {
    const told: unknown[] = [];
    expect(await withFreePorts(config, finder(), (event) => told.push(event))).toEqual(config);
    expect(told).toEqual([]);
  });

  it('move when they are taken, with the pages on them and nothing else', async () => {
    const before = structuredClone(config);
    const told: unknown[] = [];
    const { dev } = await withFreePorts(config, finder(8080), (event) => told.push(event));
    expect(dev?.ports?.[0]?.forward).toEqual([
      { port: 40_000, remotePort: 8080 },
      { port: 3000, remotePort: 80, bindAddress: '0.0.0.0' },
    ]);
    expect(dev?.open?.map(({ url }) => url)).toEqual([
      'http://localhost:40000/a?b',
      'http://localhost:3000',
      'http://example.com:8080/',
    ]);
    expect(told).toMatchObject([{ text: 'The local port 8080 is taken: 40000 takes its place' }]);
    expect(config).toEqual(before);
  });

  it('fail for every other reason', async () => {
    const low = structuredClone(config);
    Object.assign(low.dev!.ports![0]!.forward![0]!, { port: 80 });
    await expect(withFreePorts(low, finder(), () => {})).rejects.toMatchObject({ code: 'PORT_NOT_ALLOWED' });
  });
});
