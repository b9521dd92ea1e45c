import type { ForwardSubject } from '../subject.js';

/** kubectl port-forward, as found on PATH. */
export const kubectlForward: ForwardSubject = {
  name: 'kubectl',
  forward: ({ labels, namespace, ports }) => {
    const [label] = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const mappings = ports.map(({ port, remotePort }) => `${port}:${remotePort}`);
    const last = mappings.at(-1)!.replace(':', ' -> ');
    // It takes no labels; a deployment of that name stands for them.
    const target = `deploy/${label!.split('=')[1]}`;
    return {
      argv: ['kubectl', '--namespace', namespace, 'port-forward', target, ...mappings],
      isReady: (line) => line.startsWith(`Forwarding from 127.0.0.1:${last}`),
    };
  },
};
