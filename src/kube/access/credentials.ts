import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import type { User } from '@kubernetes/client-node';
import { Failure, messageOf } from '../../base/failure.js';
import { runExecPlugin, type PluginCredential } from './exec-plugin.js';
import type { ClusterEntry, ExecPluginEntry, UserEntry } from './kubeconfig-file.js';

/** What one request needs to be let in. `cert` and `key` are the same objects as long as the client certificate stays the same. */
export interface Credentials {
  headers: Readonly<Record<string, string | string[]>>;
  cert: string | Buffer | undefined;
  key: string | Buffer | undefined;
}

/** Where the credentials of one user come from. */
export interface CredentialSource {
  /** Current credentials. Concurrent callers share one run of a credential plugin; its answer is kept until it expires. */
  get(): Promise<Credentials>;
  /**
   * Forgets what was fetched, after a 401 for a request with these headers, unless somebody else has fetched anew meanwhile. False when nothing can
   * change by asking again.
   */
  renew(refused: Credentials['headers']): boolean;
}

/** Renew this long before a plugin's credential expires, so that no request leaves with one that expires on the way. */
const expiryMarginMs = 10_000;

export function credentialSource(user: UserEntry, cluster: ClusterEntry): CredentialSource {
  const readFiles = async (): Promise<{ cert: Buffer | undefined; key: Buffer | undefined }> => ({
    cert: user.certData ?? (await readNamed(user.certFile, 'client-certificate')),
    key: user.keyData ?? (await readNamed(user.keyFile, 'client-key')),
  });
  let files = lazy(readFiles);
  let fetched: Promise<PluginCredential> | undefined;
  /** What `fetched` resolved to; undefined while the plugin runs. */
  let known: PluginCredential | undefined;
  const fetch = (plugin: ExecPluginEntry): Promise<PluginCredential> => {
    known = undefined;
    const mine = runExecPlugin(plugin, cluster);
    fetched = mine;
    void mine.then(
      (credential) => fetched === mine && (known = credential),
      () => fetched === mine && (fetched = undefined),
    );
    return mine;
  };

  const plugin = async (): Promise<PluginCredential | undefined> => {
    if (!user.exec) return undefined;
    for (;;) {
      const mine = fetched ?? fetch(user.exec);
      const credential = await mine;
      const fresh = credential.expiresAt === undefined || credential.expiresAt - expiryMarginMs > Date.now();
      if (fresh) return credential;
      if (fetched !== mine) continue;
      // One try: a plugin that only has short-lived or stale credentials is still better asked than looped over.
      return await fetch(user.exec);
    }
  };

  return {
    async get() {
      const headers: Record<string, string | string[]> = {};
      const fromPlugin = await plugin();
      const token = await bearerToken(user, fromPlugin);
      if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
      else if (user.username !== undefined) {
        const pair = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
        headers['Authorization'] = `Basic ${pair}`;
      } else if (user.authProvider) await applyAuthProvider(user.authProvider, headers);
      if (user.impersonate) {
        headers['Impersonate-User'] = user.impersonate.user;
        if (user.impersonate.uid) headers['Impersonate-Uid'] = user.impersonate.uid;
        if (user.impersonate.groups.length > 0) headers['Impersonate-Group'] = user.impersonate.groups;
        for (const [key, values] of user.impersonate.extra)
          headers[`Impersonate-Extra-${headerKey(key)}`] = values;
      }
      const { cert, key } = await files();
      return { headers, cert: fromPlugin?.cert ?? cert, key: fromPlugin?.key ?? key };
    },
    renew(refused) {
      const isRunning = fetched !== undefined && known === undefined;
      const isOlder = known?.token !== undefined && refused['Authorization'] !== `Bearer ${known.token}`;
      if (isRunning || isOlder) return true;
      fetched = undefined;
      // Certificates in files are renewed in place as well, and a new cluster under the same name has others.
      files = lazy(readFiles);
      return [user.exec, user.certFile, user.keyFile, user.tokenFile].some((source) => source !== undefined);
    },
  };
}

/** kubectl's order: a token file beats a token, and both beat the plugin. The file is read each time: tokens in files are rotated. */
async function bearerToken(
  user: UserEntry,
  plugin: PluginCredential | undefined,
): Promise<string | undefined> {
  if (user.tokenFile) return (await readNamed(user.tokenFile, 'tokenFile'))?.toString('utf8').trim();
  return user.token ?? plugin?.token;
}

/** The old built-in providers (oidc, gcp, azure) are left to the client library, which is loaded only for them. */
async function applyAuthProvider(
  provider: NonNullable<UserEntry['authProvider']>,
  headers: Record<string, string | string[]>,
): Promise<void> {
  const options: RequestOptions = { headers: {} };
  const user = { name: 'user', authProvider: provider } as User;
  try {
    if (provider.name === 'oidc') {
      const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js');
      await new OpenIDConnectAuth().applyAuthentication(user, options);
    } else if (provider.name === 'gcp') {
      const { GoogleCloudPlatformAuth } = await import('@kubernetes/client-node/dist/gcp_auth.js');
      await new GoogleCloudPlatformAuth().applyAuthentication(user, options);
    } else if (provider.name === 'azure') {
      const { AzureAuth } = await import('@kubernetes/client-node/dist/azure_auth.js');
      await new AzureAuth().applyAuthentication(user, options);
    } else throw new Error('unknown provider');
  } catch (error) {
    throw new Failure({
      code: 'KUBE_AUTH_PLUGIN_FAILED',
      message: `The auth provider "${provider.name}" of the kubeconfig failed: ${messageOf(error)}`,
      subject: provider.name,
      hint: 'Log in to the cluster again, or use an exec credential plugin instead of the old auth provider',
      cause: error,
    });
  }
  Object.assign(headers, options.headers);
}

async function readNamed(file: string | undefined, key: string): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    throw new Failure({
      code: 'KUBE_CONFIG_INVALID',
      message: `The file ${file}, which the kubeconfig names as ${key}, cannot be read: ${messageOf(error)}`,
      subject: file,
      hint: 'kubectl config view',
      cause: error,
    });
  }
}

/** Keys are anything, header names are not: what is not allowed in one goes as %XX, which the server takes back. */
function headerKey(key: string): string {
  return encodeURIComponent(key).replace(/[()]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}

function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
