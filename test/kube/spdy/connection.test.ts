import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/base/failure.js';
import { until } from '../../rig/until.js';
import { connected } from './peer.js';

describe('a SPDY connection', () => {
  it('carries a stream with its half-closes both ways', async () => {
    const { connection, peer } = connected();
    const stream = connection.open({ streamType: 'data' });
    stream.write('question');
    stream.end();
    await peer.saw('data 1 "question"');
    await peer.saw('data 1 "" fin');
    expect(connection.size).toBe(1);
    peer.data(1, 'answer');
    peer.data(1, '', true);
    expect(await text(stream)).toBe('answer');
    expect(connection.size).toBe(0);
    expect(peer.log.filter((entry) => entry.startsWith('reset'))).toEqual([]);
    connection.close();
    expect(await connection.closed).toBeUndefined();
  });

  it('goes on sending when the other side has ended', async () => {
    const { connection, peer } = connected();
    const stream = connection.open({});
    peer.data(1, 'bye', true);
    stream.resume();
    await once(stream, 'end');
    stream.end('more');
    await peer.saw('data 1 "more"');
    await peer.saw('data 1 "" fin');
    expect(connection.size).toBe(0);
  });

  it('ends our side along with the opening when we only read', async () => {
    const { connection, peer } = connected();
    const stream = connection.open({}, { readOnly: true });
    peer.data(1, 'refused', true);
    expect(await text(stream)).toBe('refused');
    expect(peer.log).toEqual(['open 1']);
    expect(connection.size).toBe(0);
  });

  it('resets what is destroyed, and only that', async () => {
    const { connection, peer } = connected();
    const [one, two] = [connection.open({}), connection.open({})];
    one.destroy();
    await peer.saw('reset 1 5');
    peer.data(1, 'too late');
    peer.data(3, 'fine', true);
    expect(await text(two)).toBe('fine');
    expect(connection.usable).toBe(true);
  });

  it('destroys the stream that the other side resets with STREAM_RESET', async () => {
    const { connection, peer } = connected();
    const [one, two] = [connection.open({}), connection.open({})];
    peer.data(1, 'half of it');
    peer.reset(1);
    const [error] = (await once(one.resume(), 'error')) as [Failure];
    expect(error.code).toBe('STREAM_RESET');
    peer.data(3, 'fine', true);
    expect(await text(two)).toBe('fine');
  });

  it('tells when the other side has taken a stream, and when it never will', async () => {
    const { connection, peer } = connected();
    const [one, two] = [connection.open({}), connection.open({})];
    two.on('error', () => {});
    peer.reply(1);
    expect(await one.accepted).toBe(true);
    peer.reset(3);
    expect(await two.accepted).toBe(false);
  });

  it('holds the other side back when a reader is behind, and resumes', async () => {
    const { connection, peer } = connected({ bufferBytes: 1000 });
    const stream = connection.open({});
    for (let sent = 0; sent < 200; sent += 1) peer.data(1, Buffer.alloc(1000, sent));
    peer.data(1, '', true);
    await until('the connection to be held back', () => connection.isStalled);
    expect(stream.readableLength).toBeLessThan(3000);
    let got = 0;
    for await (const chunk of stream) got += (chunk as Buffer).length;
    expect(got).toBe(200_000);
    expect(connection.isStalled).toBe(false);
  });

  it('holds a writer back when the transport does', async () => {
    const { connection, peer } = connected();
    peer.transport.pause();
    const stream = connection.open({});
    while (stream.write(Buffer.alloc(65_536)));
    expect(stream.writableLength).toBeGreaterThan(0);
    expect(peer.received).toBe(0);
    peer.transport.resume();
    await once(stream, 'drain');
    expect(peer.received).toBeGreaterThan(0);
  });

  it('breaks every stream when the connection ends, with STREAM_LOST', async () => {
    const { connection, peer } = connected();
    const streams = [connection.open({}), connection.open({})];
    const errors = streams.map((stream) => once(stream, 'error') as Promise<[Failure]>);
    peer.transport.end();
    for (const error of errors) expect((await error)[0].code).toBe('STREAM_LOST');
    expect((await connection.closed)?.code).toBe('STREAM_LOST');
    expect(connection.usable).toBe(false);
    expect(() => connection.open({})).toThrow(expect.objectContaining({ code: 'STREAM_LOST' }));
  });

  it.each([
    ['a frame that is none', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['data for a stream that was never opened', Buffer.from([0, 0, 0, 9, 0, 0, 0, 1, 65])],
    ['data for a stream of the other side', Buffer.from([0, 0, 0, 2, 0, 0, 0, 1, 65])],
  ])('ends with STREAM_INVALID when it receives %s', async (_, bytes) => {
    const { connection, peer } = connected();
    peer.transport.write(bytes);
    expect((await connection.closed)?.code).toBe('STREAM_INVALID');
  });

  it('refuses streams that the other side opens', async () => {
    const { connection, peer } = connected();
    peer.transport.write(Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]));
    await peer.saw('reset 2 3');
    expect(connection.usable).toBe(true);
  });

  it('opens nothing more after the other side is going, but finishes what is open', async () => {
    const { connection, peer } = connected();
    const stream = connection.open({});
    peer.transport.write(Buffer.from([0x80, 3, 0, 7, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0]));
    await until('going', () => !connection.usable);
    peer.data(1, 'last words', true);
    expect(await text(stream)).toBe('last words');
  });

  it('is quiet when every worker of the server has answered', async () => {
    const { connection, peer } = connected();
    expect(await connection.quiet()).toBe(true);
    peer.answersPings = false;
    const asked = connection.quiet();
    peer.transport.end();
    expect(await asked).toBe(false);
  });

  it('counts as dead when pings stay unanswered, unless data may be stuck in front of them', async () => {
    const dead = connected({ pingIntervalMs: 5, idlePingIntervalMs: 5 });
    dead.peer.answersPings = false;
    expect((await dead.connection.closed)?.message).toContain('no answer to pings');

    const busy = connected({ pingIntervalMs: 5 });
    busy.peer.answersPings = false;
    const stream = busy.connection.open({});
    stream.on('error', () => {});
    for (let frame = 0; frame < 60; frame += 1) stream.write('x');
    await busy.peer.saw('data 1 "x"');
    await dead.connection.closed;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(busy.connection.usable).toBe(true);
    busy.connection.close();
  });
});
