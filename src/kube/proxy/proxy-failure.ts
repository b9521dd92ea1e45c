import { Failure, messageOf, systemCode } from '../../base/failure.js';
import type { ProxyChoice } from './choose.js';
import type { Target } from './target.js';

/** KUBE_UNREACHABLE: `what` is how it goes on behind the name of the proxy. */
export function proxyUnreachable(proxy: ProxyChoice, target: Target, what: string, cause?: unknown): Failure {
  return new Failure({
    code: 'KUBE_UNREACHABLE',
    message: `The proxy ${proxy.shown} ${what}`,
    subject: proxy.shown,
    hint: proxy.fromEnvironment
      ? `Start the proxy, or go around it for this server: NO_PROXY=${target.host}`
      : 'Start the proxy, or correct proxy-url in the kubeconfig: kubectl config view --minify',
    cause,
  });
}

/** KUBE_PROXY_REFUSED: the proxy is there and does not let us through; asking again would not help. */
export function proxyRefused(proxy: ProxyChoice, what: string, hint: string): Failure {
  return new Failure({
    code: 'KUBE_PROXY_REFUSED',
    message: `The proxy ${proxy.shown} ${what}`,
    subject: proxy.shown,
    hint,
  });
}

/** The hint for a proxy that wants other credentials. */
export function credentialsHint(proxy: ProxyChoice): string {
  const { host, protocol } = proxy.url;
  return `Put them into the URL: ${proxy.setting}${protocol}//USER:PASSWORD@${host}`;
}

/** What went wrong on the way to the proxy itself. */
export function connectionTrouble(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code = systemCode(inner);
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses connections: is it running?';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'cannot be found: its name has no address';
    case 'ETIMEDOUT':
      return 'does not answer in time';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'closed the connection before it answered: does it accept CONNECT, and is its protocol right?';
    default:
  }
  if (code?.startsWith('HPE_')) return 'does not answer in HTTP: is its protocol right?';
  return `cannot be used: ${messageOf(inner).split('\n')[0]}${code === undefined ? '' : ` (${code})`}`;
}

/** User name and password of the proxy's URL, decoded; undefined when it has none. */
export function proxyCredentials({ url }: ProxyChoice): { user: string; password: string } | undefined {
  if (url.username === '' && url.password === '') return undefined;
  return { user: decoded(url.username), password: decoded(url.password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % in a password: taken as it is.
    return text;
  }
}
