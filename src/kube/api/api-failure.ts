import { Failure, messageOf, systemCode } from '../../base/failure.js';
import type { ApiServer } from '../access/kubeconfig.js';
import type { Status } from './objects.js';

type Where = Pick<ApiServer, 'context' | 'namespace' | 'server' | 'proxy'>;

/** What was asked of the server, for the message: `list pods in namespace "x"`. */
export interface Asked {
  method: string;
  path: string;
}

/** `kubectl` with the context this run uses, for hints that can be typed. */
export function kubectl(where: Pick<ApiServer, 'context'>, args: string): string {
  return where.context === 'in-cluster' ? `kubectl ${args}` : `kubectl --context ${where.context} ${args}`;
}

/**
 * The failure for an answer of the API server that is not 2xx. `body` is the answer's text: a Status in JSON, or what a proxy in between wrote.
 * Codes: KUBE_UNAUTHORIZED, KUBE_FORBIDDEN, KUBE_NOT_FOUND, KUBE_CONFLICT, KUBE_GONE (a watch's
 * version is too old), KUBE_REJECTED (400, 422: the request itself is wrong), KUBE_API_ERROR (the rest).
 */
export function answerFailure(where: Where, asked: Asked, httpStatus: number, body: string): Failure {
  const status = parseStatus(body);
  const text = status?.message ?? plainBody(body) ?? `HTTP ${httpStatus}`;
  const details = [`${asked.method} ${asked.path.split('?')[0]}: HTTP ${httpStatus}`];
  const server = `the API server ${where.server} (context "${where.context}")`;
  const cause = status ?? undefined;
  switch (httpStatus) {
    case 401:
      return new Failure({
        code: 'KUBE_UNAUTHORIZED',
        message: `${capital(server)} does not accept your credentials: ${text}`,
        subject: where.context,
        hint: `Log in to the cluster again, then check with: ${kubectl(where, 'get namespaces')}`,
        details,
        cause,
      });
    case 403:
      return new Failure({
        code: 'KUBE_FORBIDDEN',
        message: `Not allowed in context "${where.context}": ${text}`,
        subject: status?.details?.name ?? status?.details?.kind,
        hint: kubectl(where, canI(text, where.namespace)),
        details,
        cause,
      });
    case 404:
      return new Failure({
        code: 'KUBE_NOT_FOUND',
        message: capital(text),
        subject: status?.details?.name,
        hint: kubectl(
          where,
          `get ${status?.details?.kind || 'all'} -n ${namespaceOf(asked.path) ?? where.namespace}`,
        ),
        details,
        cause,
      });
    case 409:
      return new Failure({
        code: 'KUBE_CONFLICT',
        message: capital(text),
        subject: status?.details?.name,
        details,
        cause,
      });
    case 410:
      return new Failure({ code: 'KUBE_GONE', message: capital(text), details, cause });
    default:
      return new Failure({
        code: httpStatus === 400 || httpStatus === 422 ? 'KUBE_REJECTED' : 'KUBE_API_ERROR',
        message: `${capital(server)} answered ${httpStatus}: ${text}`,
        subject: status?.details?.name,
        hint: kubectl(where, 'cluster-info'),
        details,
        cause,
      });
  }
}

/**
 * The failure for a request that got no answer: KUBE_UNREACHABLE, with what exactly is wrong with the connection. What a proxy failed with stays as
 * it is.
 */
export function connectionFailure(where: Where, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = systemCode(innermost(error));
  const trouble = troubleText(where, code, innermost(error));
  return new Failure({
    code: 'KUBE_UNREACHABLE',
    message: `The API server ${where.server} (context "${where.context}") ${trouble.text}`,
    subject: where.server,
    hint: trouble.hint ?? kubectl(where, 'cluster-info'),
    details: where.proxy ? [`through the proxy ${where.proxy}`] : [],
    cause: error,
  });
}

const upgradeRefusals = new Set([400, 403, 405, 426, 501]);

/** Whether an upgrade was refused by what does not know it: without a Status, by an older server or a proxy. It is no answer to what was asked. */
export function knowsNoUpgrade(httpStatus: number, body: string): boolean {
  return (httpStatus < 400 || upgradeRefusals.has(httpStatus)) && parseStatus(body) === undefined;
}

/** Reads a Status out of a body; undefined when the body is something else. */
export function parseStatus(body: string): Status | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const value = JSON.parse(body) as Status;
    return typeof value === 'object' && value !== null && 'status' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

function troubleText(
  where: Where,
  code: string | undefined,
  error: unknown,
): { text: string; hint?: string } {
  const host = new URL(where.server).hostname;
  const view = kubectl(where, 'config view --minify');
  switch (code) {
    case 'ECONNREFUSED':
      return { text: 'refuses connections: is the cluster running?' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { text: `cannot be found: the name ${host} has no address. Is the VPN up?` };
    case 'ETIMEDOUT':
    case 'ESOCKETTIMEDOUT':
      return { text: 'does not answer in time. Is the VPN up?' };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return { text: `cannot be reached: no route to ${host} (${code})` };
    case 'ECONNRESET':
    case 'EPIPE':
      return { text: 'closed the connection before it answered' };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return {
        text: `has a certificate that the kubeconfig's certificate authority did not sign (${code}); was the cluster created anew?`,
        hint: view,
      };
    case 'CERT_HAS_EXPIRED':
      return { text: 'has a certificate that has expired', hint: view };
    case 'CERT_NOT_YET_VALID':
      return {
        text: "has a certificate that is not valid yet: is this machine's clock right?",
        hint: 'date',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        text: `has a certificate for other names: ${messageOf(error)}; tls-server-name in the kubeconfig can name the right one`,
        hint: view,
      };
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      if (!/wrong version number/i.test(messageOf(error))) break;
      return { text: 'does not speak TLS on this port: should it be http:// or another port?', hint: view };
    default:
  }
  return {
    text: `cannot be reached: ${firstLine(messageOf(error))}${code === undefined ? '' : ` (${code})`}`,
  };
}

/** Happy-eyeballs attempts fail with an AggregateError around the real ones. */
function innermost(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
}

/** `kubectl auth can-i` for the attempt the server describes in its 403. */
function canI(message: string, namespace: string): string {
  const match =
    /cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)")?/.exec(
      message,
    );
  if (match === null) return `auth can-i --list -n ${namespace}`;
  const [, verb, resource, group, where] = match;
  const [kind, subresource] = resource!.split('/');
  const target = group ? `${kind}.${group}` : kind;
  return [
    `auth can-i ${verb} ${target}`,
    ...(subresource ? [`--subresource=${subresource}`] : []),
    ...(where ? [`-n ${where}`] : []),
  ].join(' ');
}

function namespaceOf(path: string): string | undefined {
  return /\/namespaces\/([^/?]+)\//.exec(path)?.[1];
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}

function plainBody(body: string): string | undefined {
  const line = body.trim().split('\n')[0]?.slice(0, 300);
  return line === '' || line?.startsWith('<') ? undefined : line;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
