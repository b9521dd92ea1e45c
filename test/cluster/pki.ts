import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.js';
import { API_PORT, type Layout, NODE, NODE_IP, SERVICE_IP } from './paths.js';

/** A certificate signed by the cluster's authority: who it names, and for which hosts it serves. */
export interface CertificateRequest {
  name: string;
  user: string;
  groups?: readonly string[];
  hosts?: readonly string[];
}

/** Where the API server is on this machine. */
export const API_SERVER = `https://127.0.0.1:${API_PORT}`;

const services = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

const certificates: readonly CertificateRequest[] = [
  {
    name: 'apiserver',
    user: 'kube-apiserver',
    hosts: ['localhost', ...services, '127.0.0.1', NODE_IP, SERVICE_IP],
  },
  { name: 'kubelet-client', user: 'kube-apiserver-kubelet-client', groups: ['system:masters'] },
  { name: 'front-proxy', user: 'front-proxy' },
  { name: 'admin', user: 'admin', groups: ['system:masters'] },
  // One identity with all rights instead of one per controller: it saves seconds at every start.
  { name: 'controller-manager', user: 'system:kube-controller-manager', groups: ['system:masters'] },
  { name: 'scheduler', user: 'system:kube-scheduler' },
  { name: 'proxy', user: 'system:kube-proxy' },
  {
    name: 'kubelet',
    user: `system:node:${NODE}`,
    groups: ['system:nodes'],
    hosts: [NODE, 'localhost', NODE_IP, '127.0.0.1'],
  },
];

/** Makes the authority, the service accounts' key and all certificates; once, they last ten years. */
export async function ensurePki(layout: Layout): Promise<void> {
  await mkdir(layout.pki, { recursive: true, mode: 0o700 });
  const at = (name: string): string => path.join(layout.pki, name);
  if (!existsSync(at('ca.crt'))) {
    await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('ca.key'));
    const self = [
      '-x509',
      '-new',
      '-key',
      at('ca.key'),
      '-subj',
      '/CN=devspace-test-cluster',
      '-days',
      '3650',
    ];
    await openssl('req', ...self, '-sha256', '-out', at('ca.crt'));
  }
  if (!existsSync(at('sa.pub'))) {
    await openssl('genrsa', '-out', at('sa.key'), '2048');
    await openssl('rsa', '-in', at('sa.key'), '-pubout', '-out', at('sa.pub'));
  }
  for (const request of certificates) {
    if (!existsSync(at(`${request.name}.crt`))) await issueCertificate(layout, request, layout.pki);
  }
}

/** Signs one certificate and puts `<name>.key` and `<name>.crt` into `folder`. */
export async function issueCertificate(
  layout: Layout,
  request: CertificateRequest,
  folder: string,
): Promise<void> {
  const work = await mkdtemp(path.join(layout.pki, 'issue-'));
  const at = (name: string): string => path.join(work, name);
  try {
    const subject = [...(request.groups ?? []).map((group) => `/O=${group}`), `/CN=${request.user}`].join('');
    const names = (request.hosts ?? []).map((host) => `${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}`);
    await writeFile(
      at('extensions'),
      [
        'keyUsage=digitalSignature,keyEncipherment',
        'extendedKeyUsage=serverAuth,clientAuth',
        ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
        '',
      ].join('\n'),
    );
    const ca = ['-CA', path.join(layout.pki, 'ca.crt'), '-CAkey', path.join(layout.pki, 'ca.key')];
    const serial = ['-CAserial', at('serial'), '-CAcreateserial', '-days', '3650', '-sha256'];
    await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('key'));
    await openssl('req', '-new', '-key', at('key'), '-subj', subject, '-out', at('request'));
    await openssl(
      'x509',
      '-req',
      '-in',
      at('request'),
      ...ca,
      ...serial,
      '-extfile',
      at('extensions'),
      '-out',
      at('crt'),
    );
    await rename(at('key'), path.join(folder, `${request.name}.key`));
    // The certificate last: its presence says that both are there.
    await rename(at('crt'), path.join(folder, `${request.name}.crt`));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The certificate and key of one identity of the cluster. */
export async function readIdentity(
  folder: string,
  name: string,
): Promise<{ certificate: Buffer; key: Buffer }> {
  const [certificate, key] = await Promise.all([
    readFile(path.join(folder, `${name}.crt`)),
    readFile(path.join(folder, `${name}.key`)),
  ]);
  return { certificate, key };
}

async function openssl(...args: string[]): Promise<void> {
  await run('openssl', args);
}
