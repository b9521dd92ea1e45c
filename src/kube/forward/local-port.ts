import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import { Failure, isFailure, messageOf, systemCode } from '../../base/failure.js';
import { portOwner } from './ports-owner.js';

/** A local port that leads to one of a pod. */
export interface Mapping {
  /** 0 lets the system choose. */
  port: number;
  remotePort: number;
  bindAddress: string;
  /** Default tcp. */
  protocol?: 'tcp' | 'udp' | undefined;
}

type LocalPort = Pick<Mapping, 'bindAddress' | 'port' | 'protocol'>;

/**
 * Checks that every mapping could be bound now, before anything is deployed. Throws PORT_IN_USE (with the owner's name where it can be had),
 * PORT_NOT_ALLOWED, PORT_ADDRESS_UNKNOWN for the first that could not. Returns what is worth a warning: PORT_SHADOWED where another program
 * listens on the same port of the other loopback address, for `localhost` may mean either.
 */
export async function checkPortsFree(mappings: readonly LocalPort[]): Promise<Failure[]> {
  const bound: Closable[] = [];
  const warnings: Failure[] = [];
  try {
    // All stay bound until the last one is, so that the same port twice is found too.
    for (const mapping of mappings)
      bound.push(
        mapping.protocol === 'udp'
          ? await bindDatagrams(mapping)
          : await listen(mapping, (socket) => socket.destroy()),
      );
    const ours = new Set(mappings.map(({ bindAddress, port }) => addressText(bindAddress, port)));
    for (const { bindAddress, port, protocol } of mappings) {
      if (protocol === 'udp') continue;
      const other = otherLoopback.get(bindAddress);
      if (other === undefined || port === 0 || ours.has(addressText(other, port))) continue;
      const warning = await shadow({ port, bindAddress: other }, bindAddress);
      if (warning) warnings.push(warning);
    }
    return warnings;
  } finally {
    await Promise.all(bound.map(closeServer));
  }
}

/** Server or socket for datagrams. */
interface Closable {
  close(done: () => void): unknown;
}

/** A port that nobody uses at that address now. */
export async function findFreePort(bindAddress: string): Promise<number> {
  const server = await listen({ bindAddress, port: 0 }, (socket) => socket.destroy());
  const { port } = server.address() as AddressInfo;
  await closeServer(server);
  return port;
}

const otherLoopback = new Map([
  ['127.0.0.1', '::1'],
  ['::1', '127.0.0.1'],
]);

/** The warning when `other` is taken. */
async function shadow(
  other: Pick<Mapping, 'port' | 'bindAddress'>,
  bindAddress: string,
): Promise<Failure | undefined> {
  try {
    await closeServer(await listen(other, (socket) => socket.destroy()));
    return undefined;
  } catch (error) {
    if (!isFailure(error, 'PORT_IN_USE')) return undefined;
    const at = addressText(bindAddress, other.port);
    return new Failure({
      code: 'PORT_SHADOWED',
      message: `${error.message}, so http://localhost:${other.port} may not lead to the pod`,
      subject: at,
      hint: `Use http://${at}, or choose another \`port\` in dev.ports`,
    });
  }
}

/** Listens for connections, which come paused. Failures as {@link checkPortsFree}. The caller closes the server. */
export async function listen(mapping: LocalPort, onConnection: (socket: Socket) => void): Promise<Server> {
  // Half-open: a client that has said all it wants to say still wants the answer.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, onConnection);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: mapping.bindAddress, port: mapping.port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw await bindFailure(mapping, error);
  }
  return server;
}

/** Binds a local port for datagrams. Failures as {@link checkPortsFree}. The caller closes the socket. */
export async function bindDatagrams(mapping: LocalPort): Promise<DatagramSocket> {
  const { bindAddress: address, port } = mapping;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address, port, exclusive: true }, resolve);
    });
  } catch (error) {
    socket.close();
    throw await bindFailure({ ...mapping, protocol: 'udp' }, error);
  }
  return socket;
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function addressText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Stops listening; connections that are open stay. */
export async function closeServer(server: Closable): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

async function bindFailure(mapping: LocalPort, error: unknown): Promise<Failure> {
  const { port, bindAddress, protocol } = mapping;
  const at = addressText(bindAddress, port);
  const common = { subject: at, cause: error };
  switch (systemCode(error)) {
    case 'EADDRINUSE': {
      const owner = await portOwner(port, protocol);
      const self = owner?.pid === process.pid;
      const by =
        owner === undefined ? '' : self ? ' by this run itself' : ` by ${owner.name} (process ${owner.pid})`;
      return new Failure({
        code: 'PORT_IN_USE',
        message: `The local port ${at} is already in use${by}`,
        hint:
          owner === undefined || self
            ? 'Choose another `port` in dev.ports, or stop what uses it'
            : `Choose another \`port\` in dev.ports, or stop the process: kill ${owner.pid}`,
        ...common,
      });
    }
    case 'EACCES':
      return new Failure({
        code: 'PORT_NOT_ALLOWED',
        message: `This user may not listen on the local port ${at}`,
        hint: 'Choose a `port` of 1024 or higher in dev.ports and keep the low one as `remotePort`',
        ...common,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EINVAL':
      return new Failure({
        code: 'PORT_ADDRESS_UNKNOWN',
        message: `This machine has no address ${bindAddress} to listen on for port ${port}`,
        hint: 'Correct `bindAddress` in dev.ports; 127.0.0.1 is the default',
        ...common,
      });
    default:
      return new Failure({
        code: 'PORT_IN_USE',
        message: `Cannot listen on the local port ${at}: ${messageOf(error)}`,
        hint: 'Choose another `port` in dev.ports',
        ...common,
      });
  }
}
