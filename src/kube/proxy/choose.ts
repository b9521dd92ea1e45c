import { Failure } from '../../base/failure.js';
import { bypassesProxy } from './no-proxy.js';

/** The proxy that stands before an API server. */
export interface ProxyChoice {
  /** With its credentials: for the proxy alone, never for a message. */
  readonly url: URL;
  /** For messages: the URL without credentials and where it was set, `http://proxy:3128 (HTTPS_PROXY)`. */
  readonly shown: string;
  /** How the user writes another value, `HTTPS_PROXY=` or `proxy-url: `. */
  readonly setting: string;
  /** Whether NO_PROXY is looked at: not for a proxy named in the kubeconfig. */
  readonly fromEnvironment: boolean;
}

const protocols = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

/**
 * Chooses the proxy for an API server as kubectl does: the kubeconfig's `proxy-url`, for which NO_PROXY does not count, else HTTPS_PROXY (HTTP_PROXY for a
 * server without TLS) unless NO_PROXY excludes it; names in lower case count too. Undefined: connect directly. Throws KUBE_PROXY_INVALID.
 *
 * Sources: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ and https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function chooseProxy(
  server: URL,
  proxyUrl: string | undefined,
  env: NodeJS.ProcessEnv,
): ProxyChoice | undefined {
  if (proxyUrl !== undefined) return choice(proxyUrl, 'the kubeconfig', 'proxy-url: ', false);
  const secure = server.protocol === 'https:';
  const names = secure ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const name = names.find((one) => env[one]);
  // A web server hands a client's `Proxy:` header to its CGI programs as HTTP_PROXY: https://httpoxy.org
  if (name === undefined || (!secure && env['REQUEST_METHOD'])) return undefined;
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const noProxy = env['NO_PROXY'] || env['no_proxy'] || '';
  if (bypassesProxy(noProxy, host, server.port || (secure ? '443' : '80'))) return undefined;
  return choice(env[name]!, name, `${name}=`, true);
}

function choice(text: string, origin: string, setting: string, fromEnvironment: boolean): ProxyChoice {
  const url = parse(text.includes('://') ? text : `http://${text}`);
  if (url === undefined) {
    throw new Failure({
      code: 'KUBE_PROXY_INVALID',
      // The text may hold a password, so it is not repeated.
      message: `The proxy in ${origin} cannot be used: it is no URL with http, https, socks5 or socks5h`,
      subject: origin,
      hint: `Write it like this: ${setting}http://proxy.example.com:3128`,
    });
  }
  return { url, shown: `${withoutCredentials(url)} (${origin})`, setting, fromEnvironment };
}

function parse(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return protocols.has(url.protocol) && url.hostname !== '' ? url : undefined;
}

function withoutCredentials(url: URL): string {
  const masked = url.username || url.password ? '***@' : '';
  return `${url.protocol}//${masked}${url.host}`;
}
