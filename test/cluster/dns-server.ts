/**
 * The cluster's name server: addresses of services (`<service>.<namespace>.svc.cluster.local`), of headless services and of
 * their pods by hostname. It runs as a daemon of its own, transpiled to one file, so it imports nothing but Node.
 *
 *   node dns-server.mjs <pki folder> <address> [<name server for all other names>]
 */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

interface Stored {
  metadata: { name: string; namespace: string; resourceVersion?: string };
}
interface Service extends Stored {
  spec: { clusterIP?: string; publishNotReadyAddresses?: boolean };
}
interface Address {
  ip: string;
  hostname?: string;
}
interface Endpoints extends Stored {
  subsets?: { addresses?: Address[]; notReadyAddresses?: Address[] }[];
}

const DOMAIN = '.svc.cluster.local';
const [pki = '', listenOn = '', upstream] = process.argv.slice(2);

const services = new Map<string, Service>();
const endpoints = new Map<string, Endpoints>();

/** The addresses of a name; undefined when the cluster has no such name. */
function lookUp(name: string): string[] | undefined {
  if (!name.endsWith(DOMAIN)) return undefined;
  const labels = name.slice(0, -DOMAIN.length).split('.');
  const host = labels.length === 3 ? labels.shift() : undefined;
  if (labels.length !== 2) return undefined;
  const key = labels.join('.');
  const service = services.get(key);
  if (!service) return undefined;
  if (host === undefined && service.spec.clusterIP !== 'None') {
    return service.spec.clusterIP ? [service.spec.clusterIP] : [];
  }
  const subsets = endpoints.get(key)?.subsets ?? [];
  const addresses = subsets.flatMap((subset) => subset.addresses ?? []);
  if (service.spec.publishNotReadyAddresses) {
    addresses.push(...subsets.flatMap((subset) => subset.notReadyAddresses ?? []));
  }
  if (host === undefined) return addresses.map((address) => address.ip);
  const named = addresses.filter((address) => address.hostname === host);
  return named.length > 0 ? named.map((address) => address.ip) : undefined;
}

/** Keeps `store` equal to what the server has: a list, then a watch, and again after every break. */
async function follow<T extends Stored>(resource: string, store: Map<string, T>): Promise<never> {
  const keyOf = (object: Stored): string => `${object.metadata.name}.${object.metadata.namespace}`;
  for (;;) {
    try {
      const list = (await json(await get(`/api/v1/${resource}`))) as {
        metadata: { resourceVersion: string };
        items: T[];
      };
      store.clear();
      for (const object of list.items) store.set(keyOf(object), object);
      const watch = await get(`/api/v1/${resource}?watch=1&resourceVersion=${list.metadata.resourceVersion}`);
      for await (const line of createInterface({ input: watch })) {
        const event = JSON.parse(line) as { type: string; object: T };
        if (event.type === 'ERROR') break;
        if (event.type === 'DELETED') store.delete(keyOf(event.object));
        else store.set(keyOf(event.object), event.object);
      }
    } catch {
      // the server is away or starts: the list below is the truth again
    }
    await delay(500);
  }
}

async function get(path: string): Promise<http.IncomingMessage> {
  const read = (name: string): Buffer => readFileSync(`${pki}/${name}`);
  const tls = { ca: read('ca.crt'), cert: read('admin.crt'), key: read('admin.key') };
  const request = https.get({ host: '127.0.0.1', port: 6443, path, ...tls });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`HTTP ${response.statusCode}`);
  }
  return response;
}

const TYPE_A = 1;
const NAME_ERROR = 3;

/** The answer to one query, or undefined for one that only `upstream` may know. */
function answer(query: Buffer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = query.readUInt16BE(at + 1);
  const question = query.subarray(0, at + 5);
  const name = labels.join('.').toLowerCase();
  const found = lookUp(name);
  if (!found && upstream && !name.endsWith('.cluster.local')) return undefined;

  const addresses = type === TYPE_A ? (found ?? []) : [];
  const reply = Buffer.from(question);
  reply[2] = 0x84 | (query.readUInt8(2) & 1); // an answer, authoritative; recursion as it was desired
  reply[3] = 0x80 | (found ? 0 : NAME_ERROR);
  reply.writeUInt16BE(1, 4);
  reply.writeUInt16BE(addresses.length, 6);
  reply.writeUInt32BE(0, 8);
  // Name: that of the question; type A, class IN, five seconds, four bytes.
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4];
  return Buffer.concat([
    reply,
    ...addresses.map((ip) => Buffer.from([...record, ...ip.split('.').map(Number)])),
  ]);
}

const socket = createSocket('udp4');

/** Passes a query on and its answer back; a lost one is asked again by the client. */
function forward(query: Buffer, client: RemoteInfo): void {
  const relay = createSocket('udp4');
  const timer = setTimeout(() => relay.close(), 5000);
  relay.once('message', (reply) => {
    clearTimeout(timer);
    relay.close();
    socket.send(reply, client.port, client.address);
  });
  relay.send(query, 53, upstream);
}

socket.on('message', (query, client) => {
  try {
    const reply = answer(query);
    if (reply) socket.send(reply, client.port, client.address);
    else forward(query, client);
  } catch {
    // not a query
  }
});
socket.bind(53, listenOn);
void follow('services', services);
void follow('endpoints', endpoints);
