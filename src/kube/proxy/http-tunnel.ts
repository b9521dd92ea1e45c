import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Failure } from '../../base/failure.js';
import { timedOut } from '../../base/timed-out.js';
import { onAbort } from '../on-abort.js';
import type { ProxyChoice } from './choose.js';
import type { DialOptions, Target } from './target.js';
import {
  connectionTrouble,
  credentialsHint,
  proxyCredentials,
  proxyRefused,
  proxyUnreachable,
} from './proxy-failure.js';

/** Asks an HTTP proxy for a tunnel (CONNECT, RFC 9110 section 9.3.6). Contract: dialThroughProxy. */
export function openHttpTunnel(proxy: ProxyChoice, target: Target, options: DialOptions): Promise<Socket> {
  const { url } = proxy;
  const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const credentials = proxyCredentials(proxy);
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request({
      agent: false,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 443 : 80),
      method: 'CONNECT',
      path: authority,
      headers: {
        Host: authority,
        'User-Agent': 'devspace',
        ...(credentials ? { 'Proxy-Authorization': `Basic ${basic(credentials)}` } : {}),
      },
      ...(options.ca ? { ca: [...rootCertificates, options.ca] } : {}),
      ...(options.insecure ? { rejectUnauthorized: false } : {}),
    });
    const late = (): unknown => request.destroy(timedOut());
    const timer = setTimeout(late, options.timeoutMs ?? 30_000);
    const forget = onAbort(options.signal, late);
    request.once('close', () => {
      clearTimeout(timer);
      forget();
    });
    request.once('connect', (answer, socket: Socket) => {
      clearTimeout(timer);
      forget();
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refusal(proxy, target, authority, answer));
    });
    // Only for what is no answer to CONNECT at all does Node take the body apart.
    request.once('response', (answer) => {
      answer.destroy();
      reject(refusal(proxy, target, authority, answer));
    });
    request.on('error', (error) => {
      reject(proxyUnreachable(proxy, target, connectionTrouble(error), error));
    });
    request.end();
  });
}

function refusal(
  proxy: ProxyChoice,
  target: Target,
  authority: string,
  answer: http.IncomingMessage,
): Failure {
  const { statusCode = 0, statusMessage = '' } = answer;
  const said = `${statusCode} ${statusMessage}`.trim();
  if (statusCode === 407) {
    const schemes = answer.headers['proxy-authenticate'] ?? 'Basic';
    const asked = proxyCredentials(proxy) ? 'does not accept the credentials' : 'wants a user and a password';
    return /basic/i.test(schemes)
      ? proxyRefused(proxy, `${asked} (${said})`, credentialsHint(proxy))
      : proxyRefused(
          proxy,
          `${asked} (${said}) by a method devspace does not speak: ${schemes}`,
          'Use a local proxy that logs in to this one, such as px or cntlm',
        );
  }
  if (statusCode >= 500 && statusCode !== 501) {
    return proxyUnreachable(proxy, target, `cannot reach ${authority}: it answered ${said}`);
  }
  return proxyRefused(
    proxy,
    `does not let connections through to ${authority}: it answered CONNECT with ${said}`,
    proxy.fromEnvironment
      ? `Allow CONNECT to ${authority} there, or go around it: NO_PROXY=${target.host}`
      : `Allow CONNECT to ${authority} there, or correct proxy-url in the kubeconfig`,
  );
}

function basic({ user, password }: { user: string; password: string }): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}
