import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { cacheFolder } from '../../base/cache-folder.js';
import { keepNewest, readOwnFile, replaceOwnFile } from '../../base/own-files.js';

/** Servers remembered. */
const SERVERS = 32;

/**
 * The certificates of API servers that have been verified, in the user's cache folder: a file for each server and the authorities it was verified with,
 * `servers/<hash of both>`, which holds the SHA-256 of the server's certificate and the time until which its whole chain is valid.
 *
 * The verdict on the same certificate is the same until then, so the authorities need not be loaded again: that makes Node load all those of the web
 * as well, which takes more than half of the time that `devspace enter -- true` needs until its request is sent. Nothing in there is secret.
 */
export class KnownServers {
  readonly #folder: string | undefined;

  constructor(env: NodeJS.ProcessEnv = process.env, caches = cacheFolder(env)) {
    this.#folder = caches && join(caches, 'devspace', 'servers');
  }

  /** What is known of the server `name` (the name that its certificate must bear) under these authorities. */
  find(name: string, authorities: Buffer): KnownServer {
    const hash = createHash('sha256').update(`${name}\n`).update(authorities).digest('hex');
    return new KnownServer(this.#folder && join(this.#folder, hash.slice(0, 32)), this.#folder);
  }
}

export class KnownServer {
  readonly #file: string | undefined;
  readonly #folder: string | undefined;
  #verified: { fingerprint: string; until: number } | undefined;

  constructor(file: string | undefined, folder: string | undefined) {
    this.#file = file;
    this.#folder = folder;
    try {
      const [fingerprint = '', until] = file ? readOwnFile(file).toString('latin1').split(' ') : [];
      this.#verified = { fingerprint, until: Number(until) };
    } catch {
      // It will be verified, then.
    }
  }

  /** Whether there is a certificate that would be trusted. */
  get isKnown(): boolean {
    return this.#verified !== undefined && Date.now() < this.#verified.until;
  }

  /** Whether the server at the other end has proved that it owns that certificate. */
  isAt(socket: TLSSocket): boolean {
    return this.isKnown && socket.getPeerCertificate().fingerprint256 === this.#verified?.fingerprint;
  }

  /** Remembers the certificate of a server that has just been verified in full. */
  remember(socket: TLSSocket): void {
    if (!socket.authorized) return;
    const chain = chainOf(socket.getPeerCertificate(true));
    const fingerprint = chain[0]?.fingerprint256;
    const until = Math.min(...chain.map(({ valid_to: end }) => Date.parse(end)));
    if (!fingerprint || !(until > Date.now())) return;
    this.#verified = { fingerprint, until };
    if (this.#file === undefined || this.#folder === undefined) return;
    try {
      replaceOwnFile(this.#file, Buffer.from(`${fingerprint} ${until}`));
      keepNewest(this.#folder, SERVERS);
    } catch {
      // It will be verified again.
    }
  }
}

/** From the server's certificate up; an authority is its own issuer. */
function chainOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  for (let one = certificate; one?.fingerprint256 && !chain.includes(one); one = one.issuerCertificate)
    chain.push(one);
  return chain;
}
