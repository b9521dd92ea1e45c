import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import type { Layout } from './paths.js';
import { API_SERVER, readIdentity } from './pki.js';

export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** One request to the API server as its administrator. The rig needs no client library for its few. */
export async function callApi(
  layout: Layout,
  method: string,
  url: string,
  body?: object,
): Promise<ApiAnswer> {
  const { certificate, key } = await readIdentity(layout.pki, 'admin');
  const ca = await readFile(path.join(layout.pki, 'ca.crt'));
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const request = https.request(`${API_SERVER}${url}`, {
    method,
    ca,
    cert: certificate,
    key,
    headers,
    timeout: 5000,
  });
  return answerOf(request, body);
}

/** True when a GET without credentials is answered with 200: etcd and the registry, or dockerd through its socket. */
export async function probe(options: http.RequestOptions): Promise<boolean> {
  return (await probeStatus(options)) === 200;
}

/** The status such a GET is answered with; undefined: nobody answers. */
export async function probeStatus(options: http.RequestOptions): Promise<number | undefined> {
  const answer = await answerOf(http.request({ timeout: 2000, ...options })).catch(() => undefined);
  return answer?.status;
}

async function answerOf(request: http.ClientRequest, body?: object): Promise<ApiAnswer> {
  request.on('timeout', () => request.destroy(new Error('no answer in time')));
  request.end(body && JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
  if (!isJson) response.resume();
  return { status: response.statusCode ?? 0, body: isJson ? await json(response) : undefined };
}
