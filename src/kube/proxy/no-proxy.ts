import { BlockList, isIP } from 'node:net';

/**
 * Whether NO_PROXY lets connections to `host` and `port` go around the proxy. `localhost` and loopback addresses always do.
 *
 * An entry is `*`, an address, a CIDR block, or a name, which covers the names below it as well (with a leading dot or `*.` only those); addresses
 * and names may end in a port. As every tool written in Go reads it: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function bypassesProxy(noProxy: string, host: string, port: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  if (family !== 0 && inBlock(host, family === 4 ? '127.0.0.0/8' : '::1/128')) return true;
  const name = host.toLowerCase();
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === '*' || (entry !== '' && covers(entry, name, port)));
}

function covers(entry: string, host: string, port: string): boolean {
  if (inBlock(host, entry)) return true;
  const { name, port: wanted } = splitPort(entry);
  if (name === '' || (wanted !== '' && wanted !== port)) return false;
  if (isIP(name)) return isIP(host) !== 0 && sameAddress(name, host);
  const below = name.startsWith('*.') ? name.slice(1) : name;
  return below.startsWith('.') ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

function splitPort(entry: string): { name: string; port: string } {
  const bracketed = /^\[(.*)\](?::(\d*))?$/.exec(entry);
  if (bracketed) return { name: bracketed[1]!, port: bracketed[2] ?? '' };
  // More than one colon: an IPv6 address.
  const parts = entry.split(':');
  return parts.length === 2 ? { name: parts[0]!, port: parts[1]! } : { name: entry, port: '' };
}

function inBlock(host: string, block: string): boolean {
  const [address, prefix, ...rest] = block.split('/');
  if (address === undefined || prefix === undefined || rest.length > 0 || !/^\d+$/.test(prefix)) return false;
  return isIP(host) !== 0 && listed(address, host, Number(prefix));
}

function sameAddress(one: string, other: string): boolean {
  return listed(one, other, isIP(one) === 4 ? 32 : 128);
}

/** An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is the same address. */
function listed(address: string, host: string, prefix: number): boolean {
  const family = isIP(address);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}
