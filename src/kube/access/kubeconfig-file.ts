import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { Failure, messageOf } from '../../base/failure.js';

/** One merged kubeconfig. All file names in it are absolute. */
export interface KubeconfigData {
  currentContext: string | undefined;
  contexts: Map<string, ContextEntry>;
  clusters: Map<string, ClusterEntry>;
  users: Map<string, UserEntry>;
}

export interface ContextEntry {
  cluster: string;
  user: string;
  namespace: string | undefined;
}

export interface ClusterEntry {
  server: string;
  caFile: string | undefined;
  caData: Buffer | undefined;
  insecureSkipTlsVerify: boolean;
  tlsServerName: string | undefined;
  proxyUrl: string | undefined;
}

export interface UserEntry {
  certFile: string | undefined;
  certData: Buffer | undefined;
  keyFile: string | undefined;
  keyData: Buffer | undefined;
  token: string | undefined;
  tokenFile: string | undefined;
  username: string | undefined;
  password: string | undefined;
  impersonate:
    { user: string; uid: string | undefined; groups: string[]; extra: [string, string[]][] } | undefined;
  exec: ExecPluginEntry | undefined;
  authProvider: { name: string; config: Record<string, unknown> } | undefined;
}

export interface ExecPluginEntry {
  apiVersion: string;
  command: string;
  args: string[];
  env: { name: string; value: string }[];
  installHint: string | undefined;
  provideClusterInfo: boolean;
  interactiveMode: string;
}

/**
 * Parses one kubeconfig; relative file names in it are relative to the file itself, as kubectl has it.
 * Throws KUBE_CONFIG_INVALID naming the file and what is wrong with it.
 */
export function parseKubeconfig(source: string, file: string): KubeconfigData {
  let parsed: unknown;
  try {
    parsed = load(source);
  } catch (error) {
    throw invalid(file, `is not valid YAML: ${messageOf(error).split('\n')[0]}`, error);
  }
  // An empty file is what `kubectl config unset` can leave behind; it adds nothing.
  const root = parsed === undefined || parsed === null ? {} : parsed;
  if (!isRecord(root)) throw invalid(file, 'is not a mapping');
  const entry = new Entry(file, 'kubeconfig', root);
  return {
    currentContext: entry.text('current-context') || undefined,
    contexts: named(entry, 'contexts', 'context', (it) => ({
      cluster: it.text('cluster') ?? '',
      user: it.text('user') ?? '',
      namespace: it.text('namespace') || undefined,
    })),
    clusters: named(entry, 'clusters', 'cluster', (it) => ({
      server: it.text('server') ?? '',
      caFile: it.path('certificate-authority'),
      caData: it.base64('certificate-authority-data'),
      insecureSkipTlsVerify: it.flag('insecure-skip-tls-verify'),
      tlsServerName: it.text('tls-server-name') || undefined,
      proxyUrl: it.text('proxy-url') || undefined,
    })),
    users: named(entry, 'users', 'user', readUser),
  };
}

/** As kubectl merges several files: the first file to name a thing wins. */
export function mergeKubeconfigs(all: readonly KubeconfigData[]): KubeconfigData {
  const merged = emptyKubeconfig();
  for (const one of all) {
    merged.currentContext ??= one.currentContext;
    for (const [name, value] of one.contexts)
      if (!merged.contexts.has(name)) merged.contexts.set(name, value);
    for (const [name, value] of one.clusters)
      if (!merged.clusters.has(name)) merged.clusters.set(name, value);
    for (const [name, value] of one.users) if (!merged.users.has(name)) merged.users.set(name, value);
  }
  return merged;
}

export function emptyKubeconfig(): KubeconfigData {
  return { currentContext: undefined, contexts: new Map(), clusters: new Map(), users: new Map() };
}

function readUser(it: Entry): UserEntry {
  const impersonated = it.text('as');
  const extra = it.child('as-user-extra');
  const exec = it.child('exec');
  const provider = it.child('auth-provider');
  return {
    certFile: it.path('client-certificate'),
    certData: it.base64('client-certificate-data'),
    keyFile: it.path('client-key'),
    keyData: it.base64('client-key-data'),
    token: it.text('token') || undefined,
    tokenFile: it.path('tokenFile'),
    username: it.text('username') || undefined,
    password: it.text('password'),
    impersonate: impersonated
      ? {
          user: impersonated,
          uid: it.text('as-uid'),
          groups: it.texts('as-groups'),
          extra: Object.keys(extra?.record ?? {}).map((key) => [key, extra!.texts(key)]),
        }
      : undefined,
    exec: exec && {
      apiVersion: exec.text('apiVersion') ?? 'client.authentication.k8s.io/v1',
      command: exec.command('command'),
      args: exec.texts('args'),
      env: exec
        .list('env')
        .map((pair) => ({ name: pair.text('name') ?? '', value: pair.text('value') ?? '' })),
      installHint: exec.text('installHint'),
      provideClusterInfo: exec.flag('provideClusterInfo'),
      interactiveMode: exec.text('interactiveMode') ?? 'IfAvailable',
    },
    authProvider: provider && {
      name: provider.text('name') ?? '',
      config: provider.child('config')?.record ?? {},
    },
  };
}

function named<T>(root: Entry, list: string, key: string, read: (entry: Entry) => T): Map<string, T> {
  const result = new Map<string, T>();
  for (const item of root.list(list)) {
    const name = item.text('name');
    if (name === undefined) throw invalid(root.file, `has an entry without a name in "${list}"`);
    const body = item.child(key) ?? new Entry(root.file, key, {});
    // Within one file, too, the first of two equal names wins.
    if (!result.has(name)) result.set(name, read(body.at(`${key} "${name}"`)));
  }
  return result;
}

/** Reads typed values out of one mapping, with errors that name it. */
class Entry {
  readonly file: string;
  readonly where: string;
  readonly record: Record<string, unknown>;

  constructor(file: string, where: string, record: Record<string, unknown>) {
    this.file = file;
    this.where = where;
    this.record = record;
  }

  at(where: string): Entry {
    return new Entry(this.file, where, this.record);
  }

  text(key: string): string | undefined {
    const value = this.record[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.wrong(key, 'must be a text');
  }

  flag(key: string): boolean {
    const value = this.record[key];
    if (value === undefined || value === null) return false;
    if (typeof value === 'boolean') return value;
    throw this.wrong(key, 'must be true or false');
  }

  texts(key: string): string[] {
    const value = this.record[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw this.wrong(key, 'must be a list');
    return value.map(String);
  }

  path(key: string): string | undefined {
    const value = this.text(key);
    return value ? resolve(dirname(this.file), value) : undefined;
  }

  /** A command with a slash in it is relative to the file; a bare name is looked up on PATH. */
  command(key: string): string {
    const value = this.text(key);
    if (!value) throw this.wrong(key, 'is missing');
    return /[\\/]/.test(value) ? resolve(dirname(this.file), value) : value;
  }

  base64(key: string): Buffer | undefined {
    const value = this.text(key);
    return value ? Buffer.from(value, 'base64') : undefined;
  }

  child(key: string): Entry | undefined {
    const value = this.record[key];
    if (value === undefined || value === null) return undefined;
    if (!isRecord(value)) throw this.wrong(key, 'must be a mapping');
    return new Entry(this.file, `${this.where}.${key}`, value);
  }

  list(key: string): Entry[] {
    const value = this.record[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || !value.every(isRecord)) throw this.wrong(key, 'must be a list of mappings');
    return value.map((item) => new Entry(this.file, `${this.where}.${key}`, item));
  }

  private wrong(key: string, what: string): Failure {
    return invalid(this.file, `has a bad value: "${key}" of ${this.where} ${what}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(file: string, what: string, cause?: unknown): Failure {
  return new Failure({
    code: 'KUBE_CONFIG_INVALID',
    message: `The kubeconfig ${file} ${what}`,
    subject: file,
    hint: `kubectl --kubeconfig ${file} config view`,
    cause,
  });
}
