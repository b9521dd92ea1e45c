import { createConnection, type Socket } from 'node:net';
import type { Failure } from '../../src/base/failure.js';
import { startForward, type Forward } from '../../src/kube/forward/forward.js';
import type { Kube } from '../../src/kube/kube.js';
import { kubeRig, testImage, type KubeRig } from '../rig/kube-rig.js';

/** What listens in the pod: the port of each. */
export const app = {
  /** Says the pod's name and the first words it hears, and ends. */
  ask: 8001,
  /** Sends as many bytes as the first line asks for, and ends. */
  download: 8002,
  /** Says a dot every 100 ms, 30 of them. */
  drip: 8004,
  /** Says goodbye at once, and goes on to listen. */
  goodbye: 8005,
  echo: 8006,
  /** Says what {@link goodbye} heard last. */
  heard: 8007,
} as const;

const server = `
const net = require('node:net');
const at = (port, serve) => net.createServer({ allowHalfOpen: true, noDelay: true }, (s) => { s.on('error', () => s.destroy()); serve(s); }).listen(port);
const count = (s, done) => { let n = 0; s.on('data', (d) => (n += d.length)).on('end', () => done(n)); };
const chunk = Buffer.alloc(1 << 20, 7);
let heard = -1;
at(${app.ask}, (s) => s.once('data', (d) => s.end(process.env.HOSTNAME + ' ' + d)));
at(${app.download}, (s) => s.once('data', (d) => { let n = Number(d); const go = () => { while (n > 0) { const part = chunk.subarray(0, n); n -= part.length; if (!s.write(part)) return s.once('drain', go); } s.end(); }; go(); }));
at(${app.drip}, (s) => { s.resume(); let left = 30; const timer = setInterval(() => (left-- > 0 ? s.write('.') : (clearInterval(timer), s.end())), 100); });
at(${app.goodbye}, (s) => { s.end('goodbye'); count(s, (n) => (heard = n)); });
at(${app.echo}, (s) => s.pipe(s));
at(${app.heard}, (s) => s.end(String(heard)));
`;

export interface PortsRig extends AsyncDisposable {
  kube: Kube;
  namespace: string;
  failures: Failure[];
  /** A pod with {@link app}, as part of what the forwards lead to; resolves when it was created. */
  pod(name: string): Promise<void>;
  /** All ports of the app, to the pods of this rig; disposed of with it. `kube` may be another way to the same cluster. */
  forward(options?: {
    kube?: Kube;
    waitMs?: number;
    onPod?: (pod: string | undefined) => void;
  }): Promise<AppForward>;
}

export interface AppForward extends Forward {
  connect(port: number): Socket;
  /** What is said at {@link app.ask} to `words`. Rejects when the connection is reset. */
  ask(words: string): Promise<string>;
}

export async function portsRig(): Promise<PortsRig> {
  const rig: KubeRig = await kubeRig();
  const open: Forward[] = [];
  const failures: Failure[] = [];
  return {
    ...rig,
    failures,
    async pod(name) {
      await rig.pod(name, ['node', '-e', server], (pod) => {
        pod.metadata.labels['app'] = 'ports';
        pod.spec.containers[0]!.image = testImage('node:20');
        pod.spec.containers[0]!['readinessProbe'] = { tcpSocket: { port: app.heard }, periodSeconds: 1 };
      });
    },
    async forward({ kube = rig.kube, onPod, waitMs } = {}) {
      const ports = Object.values(app);
      const forward = await startForward(kube, {
        mappings: ports.map((remotePort) => ({ port: 0, remotePort, bindAddress: '127.0.0.1' })),
        selector: { namespace: rig.namespace, labelSelector: { app: 'ports' } },
        onPod,
        waitMs,
        onConnectionError: (failure) => failures.push(failure),
      });
      open.push(forward);
      const connect = (remotePort: number): Socket => {
        const { port } = forward.mappings.find((one) => one.remotePort === remotePort)!;
        return createConnection({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
      };
      return {
        ...forward,
        connect,
        ask: (words) =>
          new Promise((resolve, reject) => {
            const socket = connect(app.ask);
            // Not the end: runtimes tell that of it a second late.
            socket.once('data', (answer: Buffer) => {
              resolve(answer.toString());
              socket.end();
            });
            socket.once('error', reject);
            socket.once('end', () => resolve(''));
            socket.write(words);
          }),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const forward of open) await forward[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}
