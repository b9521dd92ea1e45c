import type { Socket } from 'node:net';
import { resetSocket } from '../../base/reset-socket.js';
import { resetCodes } from './frames.js';
import type { StreamBreak, TunnelStream } from './stream.js';

/** As much as this of what the local side says is kept until the connection stands, so that it can be said again elsewhere. */
const rememberedBytes = 64 * 1024;

/** How a local connection and its stream ended. */
export interface Joined {
  /** Undefined: both sides have ended it, or the local side broke it. */
  why: StreamBreak | undefined;
  /** Something had come from the container. */
  answered: boolean;
  /** What was said so far, when none of it can have reached anyone; the socket is untouched then. Else it is closed. */
  retry: readonly Buffer[] | undefined;
}

export interface JoinOptions {
  /** Read from the socket before. */
  sent?: readonly Buffer[];
  /** The stream has not been accepted by the other side yet. */
  isConnecting?: boolean;
}

/**
 * Carries data between a local socket (made with allowHalfOpen, paused, its errors listened to) and a stream until both are over: an end of input as
 * such, each way by itself, a reset as a reset, with back-pressure.
 */
export function join(
  stream: TunnelStream,
  socket: Socket,
  { sent = [], isConnecting = false }: JoinOptions = {},
): Promise<Joined> {
  let remembered: Buffer[] | undefined = isConnecting ? [] : undefined;
  let bytes = 0;
  let answered = false;
  let why: StreamBreak | undefined;
  const isHeld = (): boolean => remembered !== undefined && bytes >= rememberedBytes;
  return new Promise((resolve) => {
    const say = (chunk: Buffer): void => {
      remembered?.push(chunk);
      bytes += chunk.length;
      if (!stream.write(chunk) || isHeld()) socket.pause();
    };
    const end = (): void => stream.end();
    const closed = (): void => {
      // What the stream has not sent yet is still to be sent when the local side has ended in order.
      if (!socket.readableEnded || !socket.writableFinished) stream.reset();
      if (stream.isOver) finish(undefined);
    };
    const finish = (retry: Joined['retry']): void => {
      socket.off('data', say).off('end', end).off('close', closed);
      resolve({ why, answered, retry });
    };
    stream.attach({
      connected() {
        remembered = undefined;
        if (!socket.destroyed) socket.resume();
      },
      data(content) {
        answered = true;
        socket.write(content, () => stream.passed(content.length));
      },
      end: () => void socket.end(),
      drain() {
        if (!isHeld() && !socket.destroyed) socket.resume();
      },
      closed(broken) {
        why = broken;
        if (socket.destroyed) return finish(undefined);
        // The socket closes by itself when what came has been read.
        if (why === undefined) return;
        if (remembered && (bytes === 0 || reachedNobody(why))) {
          socket.pause();
          return finish(remembered);
        }
        // A reset tells the client that the answer is not whole; an end would look like a complete one.
        resetSocket(socket);
      },
    });
    socket.on('data', say).on('end', end).on('close', closed);
    for (const chunk of sent) say(chunk);
    if (socket.destroyed) closed();
    else if (socket.readableEnded) end();
    else if (!isHeld()) socket.resume();
  });
}

/** The helper says that it could not connect. */
function reachedNobody({ code }: StreamBreak): boolean {
  return code === resetCodes.refused || code === resetCodes.unreachable || code === resetCodes.tooMany;
}
