import type { Agent } from 'node:https';
import type { ClientRequestArgs } from 'node:http';
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { timedOut } from '../../base/timed-out.js';
import type { KnownServer } from './known-servers.js';

type Connect = (
  options: ClientRequestArgs & { secureContext: SecureContext; session?: undefined },
) => TLSSocket;
/** While a request has no connection its own limits do not count. */
const handshakeMs = 30_000;

type Done = (error: Error | null, socket?: TLSSocket) => void;

/**
 * Has an agent load the certificate authorities only for a server whose certificate is not yet known to be good. A connection to a known one is made
 * without them, and nobody is given it before its certificate has turned out to be that one; else it is closed and made again in full.
 *
 * A request that is given up before it has a connection cannot close that: what this returns closes all that are being made.
 */
export function rememberServer(
  agent: Agent,
  server: KnownServer,
  identity: SecureContextOptions,
): () => void {
  const connecting = new Set<TLSSocket>();
  const connect = agent.createConnection.bind(agent) as unknown as Connect;
  let full: SecureContext | undefined;
  let bare: SecureContext | undefined;

  const connectInFull = (options: ClientRequestArgs): TLSSocket => {
    full ??= createSecureContext(identity);
    // A session of a connection made without authorities would count as not verified.
    const socket = connect({ ...options, session: undefined, secureContext: full });
    return socket.once('secureConnect', () => server.remember(socket));
  };
  const connectToKnown = (options: ClientRequestArgs, done: Done): void => {
    // No authorities at all: without `ca` Node would take those of the web.
    bare ??= createSecureContext({ ...identity, ca: [] });
    // Node would refuse what it cannot verify. It is judged below.
    const unjudged = { ...options, secureContext: bare, rejectUnauthorized: false };
    const socket = connect(unjudged);
    const failed = (error: Error): void => done(error);
    const timer = setTimeout(() => socket.destroy(timedOut()), handshakeMs);
    connecting.add(socket);
    socket.once('error', failed);
    socket.once('close', () => {
      clearTimeout(timer);
      connecting.delete(socket);
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      connecting.delete(socket);
      socket.off('error', failed);
      if (server.isAt(socket)) return done(null, socket);
      socket.on('error', () => {}).destroy();
      done(null, connectInFull(options));
    });
  };
  agent.createConnection = ((options: ClientRequestArgs, done?: Done): TLSSocket | undefined => {
    if (done === undefined || !server.isKnown) return connectInFull(options);
    connectToKnown(options, done);
    return undefined;
  }) as typeof agent.createConnection;
  return () => {
    for (const socket of connecting) socket.destroy(timedOut());
  };
}
