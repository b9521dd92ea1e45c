import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { callbackify } from 'node:util';
import { timedOut } from '../../base/timed-out.js';
import type { ClusterEntry } from './kubeconfig-file.js';
import type { KnownServers } from './known-servers.js';
import type { ProxyChoice } from '../proxy/choose.js';
import { rememberServer } from './remembered-tls.js';

/** Keeps connections to one API server. One per client certificate, for a TLS connection belongs to it. */
export interface KubeAgent {
  readonly agent: http.Agent;
  /** True for `https:` servers. */
  readonly secure: boolean;
  /** Closes the connections nobody uses; those in use stay. */
  destroyIdle(): void;
  /** The same, and those that are still being made: for the end of everything. */
  end(): void;
  /** Those there are, also those in use and those that were upgraded to something else. */
  mark(): Mark;
  isUnused(): boolean;
}

/** The connections there were at one moment. */
export interface Mark {
  /** Whether anything has come on one of them since then, or since this was asked last. */
  heard(): boolean;
  /** Ends those on which nothing has come since then, or since it was asked last whether anything has. */
  endSilent(): void;
}

/** Idle connections kept for the next request. */
const idleConnections = 8;

/** Where REST and WebSockets alike get their connections from: straight, or through `proxy`, whose failures come as the request's `error`. */
export function createAgent(
  cluster: ClusterEntry,
  client: { cert: string | Buffer | undefined; key: string | Buffer | undefined },
  { proxy, servers }: { proxy?: ProxyChoice | undefined; servers: KnownServers },
): KubeAgent {
  const secure = new URL(cluster.server).protocol === 'https:';
  // keepAliveMsecs: the kernel probes a silent connection after this long and, as Node sets it up, gives up 10 s later: the only thing that
  // notices a dead connection nothing is sent on, such as a watch or a log.
  // lifo: the connection used last is the one least likely to have been closed by the other side meanwhile.
  const keep = {
    keepAlive: true,
    keepAliveMsecs: 5000,
    maxFreeSockets: idleConnections,
    scheduling: 'lifo',
  } as const;
  const agent = secure
    ? new https.Agent({
        ...keep,
        ...(cluster.caData ? { ca: cluster.caData } : {}),
        ...(client.cert ? { cert: client.cert } : {}),
        ...(client.key ? { key: client.key } : {}),
        ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
        ...(cluster.insecureSkipTlsVerify ? { rejectUnauthorized: false } : {}),
      })
    : new http.Agent(keep);
  let endConnecting = proxy ? connectThrough(agent, proxy, cluster) : (): void => {};
  const open = trackSockets(agent);
  const { caData: ca } = cluster;
  if (agent instanceof https.Agent && !proxy && ca !== undefined && !cluster.insecureSkipTlsVerify) {
    const { hostname } = new URL(cluster.server);
    const server = servers.find(cluster.tlsServerName ?? hostname, ca);
    endConnecting = rememberServer(agent, server, { ca, cert: client.cert, key: client.key });
  }
  return {
    agent,
    secure,
    destroyIdle() {
      for (const sockets of Object.values(agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
    },
    end() {
      this.destroyIdle();
      endConnecting();
    },
    mark: () => markOf(open),
    isUnused: () => open.size === 0,
  };
}

function markOf(sockets: Iterable<Socket>): Mark {
  const before = new Map([...sockets].map((socket) => [socket, socket.bytesRead]));
  return {
    heard() {
      let isHeard = false;
      for (const [socket, bytes] of before) {
        isHeard ||= socket.bytesRead !== bytes;
        before.set(socket, socket.bytesRead);
      }
      return isHeard;
    },
    endSilent() {
      for (const [socket, bytes] of before) if (socket.bytesRead === bytes) socket.destroy(givenUp());
    },
  };
}

/** Nothing came: to those who use it, it has not answered in time. */
const givenUp = (): Error => timedOut('the connection was given up');

/** The connections an agent has made that are open. It forgets those that are upgraded itself. */
function trackSockets(agent: http.Agent): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  const track = (socket: Duplex | null | undefined): void => {
    if (!socket || open.has(socket as Socket)) return;
    open.add(socket as Socket);
    socket.once('close', () => open.delete(socket as Socket));
  };
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, made) => {
    const socket = connect(options, (error, later) => {
      track(later);
      made?.(error, later);
    });
    track(socket);
    return socket;
  };
  return open;
}

/**
 * The agent goes on with a connection as ever (TLS, sessions, reuse); only where it comes from is another. What is returned gives up those that the
 * proxy has not made yet, and all later ones.
 */
function connectThrough(agent: http.Agent, proxy: ProxyChoice, cluster: ClusterEntry): () => void {
  const over = new AbortController();
  const direct = agent.createConnection.bind(agent);
  const dial = async (options: http.ClientRequestArgs): Promise<Duplex> => {
    // Loaded by those who have a proxy.
    const { dialThroughProxy } = await import('../proxy/dial.js');
    const target = { host: options.host ?? 'localhost', port: Number(options.port) };
    const { caData: ca, insecureSkipTlsVerify: insecure } = cluster;
    const socket = await dialThroughProxy(proxy, target, { ca, insecure, signal: over.signal });
    return agent instanceof https.Agent ? direct({ ...options, socket } as http.ClientRequestArgs)! : socket;
  };
  const withCallback = callbackify(dial);
  agent.createConnection = (options, done): undefined => {
    withCallback(options, done ?? (() => {}));
  };
  return () => over.abort();
}
