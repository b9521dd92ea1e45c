import { execa } from 'execa';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Closing } from '../src/base/closing.js';
import { startFaultProxy } from '../test/cluster/index.js';
import type { Measurement } from './figures.js';
import { type Service, startService } from './service.js';
import { type Ground, makeTemporary, type Site } from './site.js';
import type { ServiceCall, SyncSubject } from './subject.js';
import { targets } from './targets.js';

const KIB = 1024;
const BIG = 100 * KIB * KIB;
const EDIT_AT = BIG - KIB;
const QUIET_MS = 500;
const WITHIN_MS = 120_000;

/** Bytes that went over the wire so far, both ways together. */
type Count = () => Promise<number>;

/**
 * Bytes on the wire for 1 byte edited in a file of 100 MiB that both sides have: over pipes what went through them, through the cluster what a proxy in
 * front of the API server has passed on (TLS and pings included). A run of its own, since counting costs time.
 */
export async function measureWire(grounds: readonly Ground[]): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { site, subjects } of grounds) {
    const figures = [];
    for (const [index, subject] of subjects.entries()) {
      // Who has no second process has no wire.
      if (subject.daemon !== undefined) continue;
      figures.push({
        subject: subject.name,
        samples: [await bytesOfOneEdit(site, subject, join(site.remoteBase, `wire-${index}`))],
        target: index === 0 ? targets.byteOnWire[site.name] : undefined,
      });
    }
    const name = `${site.name}: on the wire for 1 byte edited in 100 MiB`;
    measurements.push({ name, unit: 'bytes', figures });
  }
  return measurements;
}

async function bytesOfOneEdit(site: Site, subject: SyncSubject, remote: string): Promise<number> {
  await using closing = new Closing();
  const local = makeTemporary('sync');
  closing.defer(() => rmSync(local, { recursive: true, force: true }));
  const path = { local: join(local, 'big.bin'), remote: join(remote, 'big.bin') };
  await site.there.ask({ act: 'mkdir', dir: remote });
  await site.here.ask({ act: 'writeBig', path: path.local, bytes: BIG, zeroAt: EDIT_AT });
  const call = subject.sync({ local, remote, place: site.place });
  const { count, service } =
    site.name === 'pipes' ? countedByItself(call) : await countedByProxy(call, closing);
  closing.use(service);
  await service.ready;
  await site.there.ask({ act: 'awaitFile', path: path.remote, bytes: BIG }, WITHIN_MS);
  const before = await quiet(count);
  const edit = { offset: EDIT_AT, byte: 1 };
  await site.here.ask({ act: 'edit', path: path.local, ...edit });
  await site.there.ask({ act: 'awaitFile', path: path.remote, bytes: BIG, ...edit }, WITHIN_MS);
  const after = await quiet(count);
  await service.stop();
  return after - before;
}

/** The count when it has stopped growing for a while. */
async function quiet(count: Count): Promise<number> {
  for (let last = await count(); ;) {
    await pause(QUIET_MS);
    const now = await count();
    if (now - last < KIB) return now;
    last = now;
  }
}

/** See pipes/session.ts. */
function countedByItself(call: ServiceCall): { service: Service; count: Count } {
  const service = startService(call);
  const count = async (): Promise<number> => {
    const line = service.line((one) => one.startsWith('{"wire"'));
    process.kill(service.pid, 'SIGUSR2');
    const { wire } = JSON.parse(await line) as { wire: { up: number; down: number } };
    return wire.up + wire.down;
  };
  return { service, count };
}

async function countedByProxy(
  call: ServiceCall,
  closing: Closing,
): Promise<{ service: Service; count: Count }> {
  const { stdout } = await execa('kubectl', ['config', 'view', '--minify', '--raw', '--output=json']);
  const kubeconfig = JSON.parse(stdout) as { clusters: [{ cluster: { server: string } }] };
  const [{ cluster }] = kubeconfig.clusters;
  const { hostname, port } = new URL(cluster.server);
  const proxy = closing.use(await startFaultProxy({ target: { host: hostname, port: Number(port || 443) } }));
  cluster.server = proxy.url;
  const folder = makeTemporary('kubeconfig');
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'config');
  writeFileSync(path, JSON.stringify(kubeconfig));
  const service = startService({ ...call, env: { ...call.env, KUBECONFIG: path } });
  return {
    service,
    count: async () => proxy.bytes().up + proxy.bytes().down,
  };
}
