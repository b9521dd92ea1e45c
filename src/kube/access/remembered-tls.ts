import type { Agent } from 'node:https';
import type { ClientRequestArgs } from 'node:http';
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { KnownServer } from './known-servers.js';

type Connect = (
  options: ClientRequestArgs & { secureContext: SecureContext; session?: undefined },
) => TLSSocket;
type Done = (error: Error | null, socket?: TLSSocket) => void;

/**
 * Has an agent load the certificate authorities only for a server whose certificate is not yet known to be good. A connection to a known one is made
 * without them, and nobody is given it before its certificate has turned out to be that one; else it is closed and made again in full.
 */
export function rememberServer(agent: Agent, server: KnownServer, identity: SecureContextOptions): void {
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
    socket.once('error', failed);
    socket.once('secureConnect', () => {
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
}
