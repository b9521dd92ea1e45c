import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { settleable } from '../../../src/base/settleable.js';
import type { FollowedPod } from '../../../src/kube/forward/followed-pod.js';
import { startForward } from '../../../src/kube/forward/forward.js';
import type { WayToPod } from '../../../src/kube/forward/pod-connection.js';
import type { Kube } from '../../../src/kube/kube.js';

it('ends while a client has not taken an answer that is complete in the cluster', async () => {
  const served = settleable<Socket>();
  // As a WebSocket does, of which nothing is left when the other side has closed it.
  const way: WayToPod = {
    pod: { namespace: 'n', name: 'p' },
    connectNow: () => ({
      drop: () => {},
      serve: async (socket) => {
        socket.write(Buffer.alloc(16 * 1024 * 1024));
        socket.destroySoon();
        served.resolve(socket);
        return { failure: undefined, answered: true };
      },
    }),
    connect: () => Promise.reject(new Error('not asked')),
    warm: () => {},
    retire: () => {},
  };
  const target = { current: way, ended: async () => {} } as unknown as FollowedPod;
  const mappings = [{ port: 0, remotePort: 80, bindAddress: '127.0.0.1' }];
  const forward = await startForward({} as Kube, { mappings, selector: {}, target });
  const client = connect(forward.mappings[0]!.port, '127.0.0.1').on('error', () => {});
  const socket = await served.promise;
  // For the forward, too, the connection is over by then.
  await setImmediate();
  expect(socket.destroyed).toBe(false);
  const closed = once(socket, 'close');
  await forward[Symbol.asyncDispose]();
  await closed;
  client.destroy();
});
