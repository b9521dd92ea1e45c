import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isFailure } from '../base/failure.js';
import { DOCKER_HUB } from '../base/image-reference.js';
import { run } from '../proc/run.js';

/** A login with a name and a password. Never print it. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface DockerConfig {
  readonly auths?: Readonly<
    Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>
  >;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** The name under which Docker keeps the login of Docker Hub. */
export const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * The login that `docker login` left for a registry, in config.json or with a credential helper, found as Docker itself finds it. Undefined when there
 * is none, and for identity tokens, which a cluster cannot use. Anything that goes wrong on the way also counts as none.
 */
export async function findLogin(
  registry: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<RegistryLogin | undefined> {
  const config = await readDockerConfig(env);
  const key = registry === DOCKER_HUB ? HUB_KEY : registry;
  const helper = config.credHelpers?.[registry] ?? config.credHelpers?.[key] ?? config.credsStore;
  const fromHelper = helper ? await askHelper(helper, key, env, signal) : undefined;
  return fromHelper ?? fromFile(config, key);
}

async function readDockerConfig(env: Environment): Promise<DockerConfig> {
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
  try {
    const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    return typeof config === 'object' && config !== null ? config : {};
  } catch {
    return {};
  }
}

function fromFile({ auths = {} }: DockerConfig, key: string): RegistryLogin | undefined {
  const entry = Object.entries(auths).find(([name]) => name === key || hostOf(name) === hostOf(key))?.[1];
  if (!entry || entry.identitytoken) return undefined;
  const [, username, password] =
    /^([^:]*):([^]*)$/.exec(Buffer.from(entry.auth ?? '', 'base64').toString('utf8')) ?? [];
  return usable(entry.username || username, entry.password || password?.replace(/\0+$/, ''));
}

// Old logins are kept under a whole URL.
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

async function askHelper(
  helper: string,
  key: string,
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<RegistryLogin | undefined> {
  try {
    const { exitCode, stdout } = await run(`docker-credential-${helper}`, ['get'], {
      env,
      signal,
      stdin: key,
      captureStdout: true,
    });
    if (exitCode !== 0) return undefined;
    const { Username, Secret } = JSON.parse(stdout) as { Username?: string; Secret?: string };
    // A helper says `<token>` when the secret is an identity token.
    return Username === '<token>' ? undefined : usable(Username, Secret);
  } catch (error) {
    if (isFailure(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function usable(username: string | undefined, password: string | undefined): RegistryLogin | undefined {
  return username && password ? { username, password } : undefined;
}
