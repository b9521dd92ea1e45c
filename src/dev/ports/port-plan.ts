import { isDeepStrictEqual } from 'node:util';
import type { PortsConfig } from '../../config/schema.js';
import { addressText, type Mapping } from '../../kube/forward/local-port.js';

/** A port in the pod that leads to one of this machine. */
export interface ReverseMapping {
  /** Of this machine. */
  port: number;
  remotePort: number;
  /** In the pod. */
  bindAddress: string;
  protocol: 'tcp' | 'udp';
}

/** What is forwarded together: by one way into the pods of one selector. */
export interface PortGroup {
  /** Whose selector it is. */
  entry: PortsConfig;
  kind: 'port-forward' | 'helper' | 'reverse';
  forward: readonly Mapping[];
  reverse: readonly ReverseMapping[];
}

/** All forwards of an entry with the defaults filled in. */
export function mappingsOf(entry: PortsConfig): Mapping[] {
  return (entry.forward ?? []).map(mappingOf);
}

function mappingOf({
  bindAddress,
  port,
  protocol,
  remotePort,
}: NonNullable<PortsConfig['forward']>[number]): Mapping {
  return {
    port,
    remotePort: remotePort ?? port,
    bindAddress: plain(bindAddress),
    ...(protocol && { protocol }),
  };
}

/** As in a URL or without brackets. */
function plain(bindAddress = '127.0.0.1'): string {
  return bindAddress.replace(/^\[(.*)\]$/, '$1');
}

/**
 * What to start for dev.ports, in order. Each entry is forwarded by itself; what needs a helper shares one with other entries of the same selector, for
 * a helper can carry it all.
 */
export function planPorts(entries: readonly PortsConfig[]): PortGroup[] {
  const groups: PortGroup[] = [];
  for (const entry of entries) {
    const all = entry.forward ?? [];
    const needsHelper = (one: (typeof all)[number]): boolean =>
      one.viaHelper === true || one.protocol === 'udp';
    const direct = all.filter((one) => !needsHelper(one)).map(mappingOf);
    if (direct.length > 0) groups.push({ entry, kind: 'port-forward', forward: direct, reverse: [] });
    const forward = all.filter(needsHelper).map(mappingOf);
    const reverse = (entry.reverseForward ?? []).map(
      ({ bindAddress, port, protocol = 'tcp', remotePort }) => ({
        port,
        remotePort: remotePort ?? port,
        bindAddress: plain(bindAddress),
        protocol,
      }),
    );
    if (forward.length > 0) merge(groups, { entry, kind: 'helper', forward, reverse: [] });
    if (reverse.length > 0) merge(groups, { entry, kind: 'reverse', forward: [], reverse });
  }
  return groups;
}

function merge(groups: PortGroup[], next: PortGroup): void {
  const same = groups.findIndex(
    ({ entry, kind }) => kind === next.kind && isDeepStrictEqual(selectorOf(entry), selectorOf(next.entry)),
  );
  const known = groups[same];
  if (known === undefined) groups.push(next);
  else
    groups[same] = {
      ...known,
      forward: [...known.forward, ...next.forward],
      reverse: [...known.reverse, ...next.reverse],
    };
}

function selectorOf({ imageName, imageSelector, labelSelector, namespace }: PortsConfig): unknown {
  return { imageName, imageSelector, labelSelector, namespace };
}

/** `127.0.0.1:8080 -> 80`, `127.0.0.1:5353 -> 53/udp`. */
export function forwardText({ bindAddress, port, protocol, remotePort }: Mapping): string {
  return `${addressText(bindAddress, port)} -> ${remotePort}${protocol === 'udp' ? '/udp' : ''}`;
}

/** `reverse 127.0.0.1:9229 -> 9229`: the address is one of the pod. */
export function reverseText({ bindAddress, port, protocol, remotePort }: ReverseMapping): string {
  return `reverse ${addressText(bindAddress, remotePort)} -> ${port}${protocol === 'udp' ? '/udp' : ''}`;
}
