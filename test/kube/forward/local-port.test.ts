import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/base/failure.js';
import { checkPortsFree } from '../../../src/kube/forward/local-port.js';
import { listeningInodes } from '../../../src/kube/forward/ports-owner.js';

let server: Server | undefined;
afterEach(() => server?.close());

async function taken(): Promise<number> {
  server = createServer();
  await new Promise<void>((resolve) => {
    server!.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

describe('checkPortsFree', () => {
  it('names a port in use and who uses it, and lets go of the free ones', async () => {
    const port = await taken();
    const free = { port: 0, bindAddress: '127.0.0.1' };
    await expect(checkPortsFree([free, { port, bindAddress: '127.0.0.1' }])).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      subject: `127.0.0.1:${port}`,
      message: expect.stringContaining(
        `The local port 127.0.0.1:${port} is already in use${process.platform === 'linux' ? ' by this run itself' : ''}`,
      ) as string,
    });
    server?.close();
    await checkPortsFree([{ port, bindAddress: '127.0.0.1' }]);
    await checkPortsFree([{ port, bindAddress: '127.0.0.1' }]);
  });

  it('finds the same port twice', async () => {
    const port = await taken();
    server?.close();
    const mapping = { port, bindAddress: '127.0.0.1' };
    await expect(checkPortsFree([mapping, mapping])).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it('warns when localhost may lead to another program', async () => {
    const port = await taken();
    // What is bound here is 127.0.0.1, so the mapping of [::1] is the one in its shadow.
    const warnings = await checkPortsFree([{ port, bindAddress: '::1' }]).catch((error: Failure) => [error]);
    if (warnings[0]?.code === 'PORT_ADDRESS_UNKNOWN') return console.warn('Not tested: no IPv6 here');
    expect(warnings).toMatchObject([{ code: 'PORT_SHADOWED', subject: `[::1]:${port}` }]);
    expect(warnings[0]?.message).toContain(`127.0.0.1:${port} is already in use`);
    server?.close();
    expect(await checkPortsFree([{ port, bindAddress: '::1' }])).toEqual([]);
  });

  it('knows an address this machine does not have', async () => {
    await expect(checkPortsFree([{ port: 0, bindAddress: '192.0.2.1' }])).rejects.toMatchObject({
      code: 'PORT_ADDRESS_UNKNOWN',
    });
  });
});

describe('listeningInodes', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
`;
  it.each([
    [8080, ['4711']],
    [80, ['4713']],
    [81, []],
  ])('%i', (port, inodes) => {
    expect(listeningInodes(table, port)).toEqual(inodes);
  });
});
