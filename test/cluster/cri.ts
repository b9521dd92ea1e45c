import http2 from 'node:http2';
import net from 'node:net';

/** An empty message: not compressed, no bytes. */
const emptyMessage = Buffer.alloc(5);

/**
 * Whether containerd answers as a container runtime: it listens, and answers `ctr`, some time before that, and a kubelet that comes earlier ends with
 * "server is not initialized yet". Asked as the kubelet asks (runtime.v1.RuntimeService/Version of the CRI, over gRPC).
 */
export function runtimeAnswers(socketPath: string, timeoutMs = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const session = http2.connect('http://localhost', { createConnection: () => net.connect(socketPath) });
    const end = (answers: boolean): void => {
      session.destroy();
      resolve(answers);
    };
    session.on('error', () => end(false));
    session.setTimeout(timeoutMs, () => end(false));
    const request = session.request({
      ':method': 'POST',
      ':path': '/runtime.v1.RuntimeService/Version',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const told = (headers: http2.IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) end(headers['grpc-status'] === '0');
    };
    request.on('response', told); // a failure may have no trailers but these
    request.on('trailers', told);
    request.on('error', () => end(false));
    request.on('close', () => end(false));
    request.resume();
    request.end(emptyMessage);
  });
}
