import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { openRequest } from '../../../src/kube/api/request.js';
import { until } from '../../rig/until.js';
import { fakeServer } from '../fake-server.js';

describe('a mark', () => {
  /** Two answers that are not over, each on a connection of its own. */
  async function twoOpen() {
    const responses: ServerResponse[] = [];
    const server = await fakeServer({
      answer(_, response) {
        responses.push(response);
        response.write('begin');
      },
    });
    const open = async (path: string) => {
      const answer = await openRequest(server.kube, { method: 'GET', path });
      const state = { read: 0, isBroken: false };
      answer.on('data', (chunk: Buffer) => (state.read += chunk.length));
      answer.on('error', () => (state.isBroken = true));
      await until('the beginning', () => state.read === 5);
      return state;
    };
    return { server, open, responses };
  }

  it('tells whether anything has come since, on connections that were there', async () => {
    const { open, responses, server } = await twoOpen();
    await using _ = server;
    const old = await open('/old');
    const mark = server.kube.mark();
    const young = await open('/new');
    expect(mark.heard()).toBe(false);
    responses[1]!.write('more');
    await until('more', () => young.read === 9);
    expect(mark.heard()).toBe(false);
    responses[0]!.write('more');
    await until('more', () => old.read === 9);
    expect(mark.heard()).toBe(true);
    expect(mark.heard()).toBe(false);
  });

  it('ends those that have been silent since', async () => {
    const { open, responses, server } = await twoOpen();
    await using _ = server;
    const [silent, busy] = [await open('/silent'), await open('/busy')];
    const mark = server.kube.mark();
    const young = await open('/new');
    responses[1]!.write('more');
    await until('more', () => busy.read === 9);
    mark.endSilent();
    await until('the end', () => silent.isBroken);
    expect([busy.isBroken, young.isBroken]).toEqual([false, false]);
  });
});
