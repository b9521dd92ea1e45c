import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clusterLayout, type Layout } from './paths.js';
import { API_SERVER, issueCertificate, readIdentity } from './pki.js';

export const CONTEXT = 'devspace-test';

/** Client credentials, as the `user` of a kubeconfig has them. */
export type Credentials =
  { 'client-certificate-data': string; 'client-key-data': string } | { token: string };

/** Writes a kubeconfig with everything embedded. JSON is YAML, so no printer is needed. */
export async function writeKubeconfig(
  layout: Layout,
  file: string,
  user: string,
  credentials: Credentials,
  server = API_SERVER,
): Promise<void> {
  const authority = (await readFile(path.join(layout.pki, 'ca.crt'))).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': CONTEXT,
    clusters: [{ name: CONTEXT, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user, namespace: 'default' } }],
  };
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, file);
}

/** The credentials of an identity in the cluster's pki folder, or of one issued for a test. */
export async function certificateCredentials(folder: string, name: string): Promise<Credentials> {
  const { certificate, key } = await readIdentity(folder, name);
  return {
    'client-certificate-data': certificate.toString('base64'),
    'client-key-data': key.toString('base64'),
  };
}

/** The administrator's kubeconfig with another server: a fault proxy on 127.0.0.1. TLS is verified as ever. */
export async function kubeconfigVia(port: number, file: string, layout = clusterLayout()): Promise<string> {
  const admin = await certificateCredentials(layout.pki, 'admin');
  await writeKubeconfig(layout, file, 'admin', admin, `https://127.0.0.1:${port}`);
  return file;
}

/** A kubeconfig for a user who is known to the server and has no rights but those a test binds: 403. */
export async function kubeconfigFor(
  who: { user: string; groups?: readonly string[] },
  file: string,
  layout = clusterLayout(),
): Promise<string> {
  const work = await mkdtemp(path.join(layout.pki, 'user-'));
  try {
    await issueCertificate(layout, { name: 'user', ...who }, work);
    await writeKubeconfig(layout, file, who.user, await certificateCredentials(work, 'user'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return file;
}

/** A kubeconfig whose token the server does not know: 401. */
export async function kubeconfigWithBadToken(file: string, layout = clusterLayout()): Promise<string> {
  await writeKubeconfig(layout, file, 'nobody', { token: 'not-a-token-of-this-cluster' });
  return file;
}
