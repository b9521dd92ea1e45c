import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Failure, messageOf, systemCode } from '../../base/failure.js';
import { createAgent, type KubeAgent, type Mark } from './agent.js';
import { credentialSource, type Credentials, type CredentialSource } from './credentials.js';
import { inClusterConfig } from './in-cluster.js';
import {
  emptyKubeconfig,
  mergeKubeconfigs,
  parseKubeconfig,
  type ClusterEntry,
  type KubeconfigData,
} from './kubeconfig-file.js';
import { KnownServers } from './known-servers.js';
import { Network } from '../network/network.js';
import { chooseProxy, type ProxyChoice } from '../proxy/choose.js';

/** One API server as one user in one namespace: what every request is made with. */
export interface ApiServer extends Disposable {
  /** Name of the kubeconfig's context (`in-cluster` for a service account). */
  readonly context: string;
  /** The namespace used where none is named. */
  readonly namespace: string;
  /** URL of the API server, as the kubeconfig has it. */
  readonly server: string;
  /** For messages: the proxy on the way there, without its password, and where it was set. */
  readonly proxy?: string | undefined;
  /** How to reach the server right now: runs a credential plugin when that is due, which can take seconds and fail with a Failure. */
  connect(): Promise<Connection>;
  /** After a 401 on that connection: has credentials fetched anew that can be; false when trying again is useless. */
  renew(refused: Connection): boolean;
  /** Whether the way to the server is there, and the pauses before another attempt. */
  readonly network: Network;
  /** The connections there are. What runs over those that it ends fails as it does when a connection breaks. */
  mark(): Mark;
  /** Closes idle connections. Streams in use are closed by those who opened them. */
  [Symbol.dispose](): void;
}

/** Valid for one request: ask for it anew each time. */
export interface Connection {
  readonly base: URL;
  readonly agent: KubeAgent;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

export interface LoadKubeOptions {
  context?: string | undefined;
  namespace?: string | undefined;
  env?: NodeJS.ProcessEnv;
  home?: string;
}

/**
 * Loads the kubeconfig as kubectl would: every file of $KUBECONFIG that exists, else ~/.kube/config, else the service account of the pod this runs
 * in. Never guesses a server. No request is made. Throws KUBE_CONFIG_NOT_FOUND, KUBE_CONFIG_INVALID, KUBE_CONTEXT_UNKNOWN, KUBE_PROXY_INVALID.
 */
export async function loadApiServer(options: LoadKubeOptions = {}): Promise<ApiServer> {
  const env = options.env ?? process.env;
  const { data, files } = await readKubeconfigs(env, options.home ?? homedir());
  const name = options.context || data.currentContext;
  const hint = 'kubectl config get-contexts';
  if (name === undefined) {
    throw new Failure({
      code: 'KUBE_CONFIG_NOT_FOUND',
      message: `The kubeconfig ${files.join(', ')} has no current context`,
      hint: `Choose one with --kube-context or: ${data.contexts.size > 0 ? 'kubectl config use-context NAME' : hint}`,
      details: listed(data.contexts.keys()),
    });
  }
  const context = data.contexts.get(name);
  if (context === undefined) {
    throw new Failure({
      code: 'KUBE_CONTEXT_UNKNOWN',
      message: `There is no kube context "${name}" in ${files.join(', ')}`,
      subject: name,
      hint,
      details: listed(data.contexts.keys()),
    });
  }
  const invalid = (what: string): Failure =>
    new Failure({
      code: 'KUBE_CONFIG_INVALID',
      message: `The kube context "${name}" cannot be used: ${what}`,
      subject: name,
      hint: 'kubectl config view',
    });
  const cluster = data.clusters.get(context.cluster);
  if (cluster === undefined) throw invalid(`there is no cluster "${context.cluster}" in ${files.join(', ')}`);
  if (cluster.server === '') throw invalid(`cluster "${context.cluster}" has no server`);
  if (!URL.canParse(cluster.server)) throw invalid(`the server "${cluster.server}" is not a URL`);
  const user = data.users.get(context.user);
  if (user === undefined && context.user !== '') {
    throw invalid(`there is no user "${context.user}" in ${files.join(', ')}`);
  }
  return createApiServer({
    context: name,
    namespace: options.namespace || context.namespace || 'default',
    cluster: await withCa(cluster, invalid),
    proxy: chooseProxy(new URL(cluster.server), cluster.proxyUrl, env),
    credentials: user ? credentialSource(user, cluster) : anonymous,
    servers: new KnownServers(env),
  });
}

const anonymous = {
  get: async (): Promise<Credentials> => ({ headers: {}, cert: undefined, key: undefined }),
  renew: () => false,
};

interface ApiServerParts {
  context: string;
  namespace: string;
  cluster: ClusterEntry;
  proxy: ProxyChoice | undefined;
  credentials: CredentialSource;
  servers: KnownServers;
}

function createApiServer({
  context,
  namespace,
  cluster,
  proxy,
  credentials,
  servers,
}: ApiServerParts): ApiServer {
  const base = new URL(cluster.server);
  let current: { agent: KubeAgent; cert: Credentials['cert']; key: Credentials['key'] } | undefined;
  // Streams outlive the certificate they were opened with.
  const agents = new Set<KubeAgent>();
  return {
    context,
    namespace,
    server: cluster.server,
    network: new Network(),
    proxy: proxy?.shown,
    async connect() {
      const { headers, cert, key } = await credentials.get();
      // A TLS connection belongs to its client certificate: another certificate needs other connections.
      if (current === undefined || current.cert !== cert || current.key !== key) {
        current?.agent.destroyIdle();
        for (const agent of agents) if (agent.isUnused()) agents.delete(agent);
        current = { agent: createAgent(cluster, { cert, key }, { proxy, servers }), cert, key };
        agents.add(current.agent);
      }
      return { base, agent: current.agent, headers };
    },
    renew: ({ headers }) => credentials.renew(headers),
    mark() {
      const marks = [...agents].map((agent) => agent.mark());
      return {
        heard: () => marks.filter((mark) => mark.heard()).length > 0,
        endSilent() {
          for (const mark of marks) mark.endSilent();
        },
      };
    },
    [Symbol.dispose]() {
      current?.agent.end();
    },
  };
}

/** One file of the kubeconfig, as it is written and as it is understood. */
export interface KubeconfigFile {
  readonly file: string;
  readonly text: string;
  readonly data: KubeconfigData;
}

/**
 * Every file of the kubeconfig that exists, in the order of $KUBECONFIG: of what two of them name, the first counts. `wanted` are those looked for.
 * Failure: KUBE_CONFIG_INVALID.
 */
export async function readKubeconfigFiles({
  env = process.env,
  home = homedir(),
}: Pick<LoadKubeOptions, 'env' | 'home'> = {}): Promise<{ files: KubeconfigFile[]; wanted: string[] }> {
  const named = namedFiles(env);
  const wanted = named.length > 0 ? named : [join(home, '.kube', 'config')];
  const files: KubeconfigFile[] = [];
  for (const file of wanted) {
    try {
      const text = await readFile(file, 'utf8');
      files.push({ file, text, data: parseKubeconfig(text, file) });
    } catch (error) {
      if (systemCode(error) === 'ENOENT') continue;
      if (error instanceof Failure) throw error;
      throw new Failure({
        code: 'KUBE_CONFIG_INVALID',
        message: `The kubeconfig ${file} cannot be read: ${messageOf(error)}`,
        subject: file,
        hint: `ls -l ${file}`,
        cause: error,
      });
    }
  }
  return { files, wanted };
}

function namedFiles(env: NodeJS.ProcessEnv): string[] {
  return (env['KUBECONFIG'] ?? '')
    .split(delimiter)
    .filter((file) => file !== '')
    .map((file) => resolve(file));
}

async function readKubeconfigs(
  env: NodeJS.ProcessEnv,
  home: string,
): Promise<{ data: KubeconfigData; files: string[] }> {
  const { files, wanted } = await readKubeconfigFiles({ env, home });
  if (files.length > 0)
    return { data: mergeKubeconfigs(files.map(({ data }) => data)), files: files.map(({ file }) => file) };
  if (namedFiles(env).length === 0) {
    const inside = await inClusterConfig(env);
    if (inside)
      return { data: mergeKubeconfigs([inside, emptyKubeconfig()]), files: ['the service account'] };
  }
  throw noKubeconfig(wanted);
}

/** KUBE_CONFIG_NOT_FOUND. */
export function noKubeconfig(wanted: readonly string[]): Failure {
  return new Failure({
    code: 'KUBE_CONFIG_NOT_FOUND',
    message: `There is no kubeconfig: ${wanted.join(', ')} ${wanted.length > 1 ? 'do' : 'does'} not exist`,
    subject: wanted[0],
    hint: 'Set KUBECONFIG to the file of your cluster, then check with: kubectl config get-contexts',
  });
}

async function withCa(cluster: ClusterEntry, invalid: (what: string) => Failure): Promise<ClusterEntry> {
  if (cluster.caData !== undefined || cluster.caFile === undefined) return cluster;
  try {
    return { ...cluster, caData: await readFile(cluster.caFile) };
  } catch (error) {
    throw invalid(`its certificate-authority cannot be read: ${messageOf(error)}`);
  }
}

function listed(names: Iterable<string>): string[] {
  const all = [...names].toSorted();
  return all.length === 0
    ? ['It has no contexts at all.']
    : ['Known contexts:', ...all.map((name) => `  ${name}`)];
}
