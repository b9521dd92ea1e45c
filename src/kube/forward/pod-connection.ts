import type { Socket } from 'node:net';
import { Failure } from '../../base/failure.js';

export interface PodName {
  namespace: string;
  name: string;
}

/** How a forwarded connection went. */
export interface Outcome {
  /** When something was lost, or nothing could be reached; the local socket has been reset then. */
  failure: Failure | undefined;
  /** The app cannot have received anything: the connection may be made anew. The local socket is untouched, and `sent` is what it said so far. */
  retry?: { sent: readonly Buffer[] } | undefined;
  /** Whether anything had come from the pod. */
  answered: boolean;
}

/** A connection to a port of a pod that waits for its local socket. */
export interface PodConnection {
  /** Connects the local socket; `sent` was read from it before. Resolves when it is all over, with the socket closed or reset unless it is to be retried. */
  serve(socket: Socket, sent: readonly Buffer[]): Promise<Outcome>;
  /** Lets go of it instead of serving. */
  drop(): void;
}

/** A way into one pod. The signal it was made with breaks its connections. */
export interface PodLink {
  /** A connection that can be had without waiting. */
  connectNow(remotePort: number): PodConnection | undefined;
  /** Failures as openSpdy and openChannel. */
  connect(remotePort: number): Promise<PodConnection>;
  /** Keeps nothing for later; the connections there are stay until they end. */
  retire(): void;
}

/** A {@link PodLink} that is kept as long as there is its pod. */
export interface WayToPod extends PodLink {
  readonly pod: PodName;
  /** Prepares for a connection that is likely to come. */
  warm(): void;
}

/** The failure for what the server says of a connection it could not make: PORT_FORWARD_FAILED. */
export function portFailure(pod: PodName, remotePort: number, text: string): Failure {
  const { namespace, name } = pod;
  const nobody = /connection refused/i.test(text);
  return new Failure({
    code: 'PORT_FORWARD_FAILED',
    message: nobody
      ? `Nothing listens on port ${remotePort} in pod ${namespace}/${name}`
      : `The connection to port ${remotePort} of pod ${namespace}/${name} failed: ${reason(text)}`,
    subject: `${name}:${remotePort}`,
    hint: nobody
      ? `Check that the app has started and listens on ${remotePort}, or correct \`remotePort\` in dev.ports`
      : `devspace logs --pod ${name}`,
    details: nobody ? [] : [text.trim()],
  });
}

/** Runtimes wrap the cause in where it happened: the last part says what. */
function reason(text: string): string {
  const parts = text.trim().split(': ');
  return parts.slice(-2).join(': ');
}
