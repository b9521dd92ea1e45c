import type { Config } from '../../config/schema.js';
import { isFailure } from '../../base/failure.js';
import type { Emit } from '../../report/events.js';

/** A local address and port, to be tried. */
export interface LocalPort {
  port: number;
  bindAddress: string;
  protocol?: 'tcp' | 'udp' | undefined;
}

export interface PortFinder {
  /** Throws PORT_IN_USE and other reasons why it cannot be bound. */
  check(port: LocalPort): Promise<void>;
  /** A port nobody uses there. */
  findFree(bindAddress: string): Promise<number>;
}

/**
 * The config with other local ports in place of those that are taken, in `dev.ports` and in what `dev.open` opens. For a run beside another one on the
 * same machine; each change is told. Throws what makes a port impossible for another reason.
 */
export async function withFreePorts(config: Config, finder: PortFinder, emit: Emit): Promise<Config> {
  const { dev } = config;
  if (dev?.ports === undefined) return config;
  const moved = new Map<number, number>();
  const ports = structuredClone(dev.ports);
  for (const mapping of ports.flatMap(({ forward = [] }) => forward)) {
    const { bindAddress = '127.0.0.1', port, protocol, remotePort = port } = mapping;
    try {
      await finder.check({ port, bindAddress, ...(protocol && { protocol }) });
    } catch (error) {
      if (!isFailure(error, 'PORT_IN_USE')) throw error;
      const free = await finder.findFree(bindAddress);
      Object.assign(mapping, { port: free, remotePort });
      moved.set(port, free);
      emit({ type: 'note', level: 'info', text: `The local port ${port} is taken: ${free} takes its place` });
    }
  }
  const open = dev.open?.map(({ url }) => ({ url: movedUrl(url, moved) }));
  return { ...config, dev: { ...dev, ports, ...(open && { open }) } };
}

function movedUrl(url: string, moved: ReadonlyMap<number, number>): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  const port = moved.get(Number(parsed.port || (parsed.protocol === 'https:' ? 443 : 80)));
  if (port === undefined || !['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname)) return url;
  parsed.port = String(port);
  return parsed.href;
}
