import type { ApiServer } from '../access/kubeconfig.js';
import { getObject, type RestOptions } from './rest.js';

export interface ServerVersion {
  major: number;
  minor: number;
  /** As the server writes it: `v1.33.2+k3s1`. */
  text: string;
}

/** Asks the server for its version. The cheapest request that proves it is there; callers that need it often keep the answer. */
export async function serverVersion(kube: ApiServer, options: RestOptions = {}): Promise<ServerVersion> {
  const answer = await getObject<{ major?: string; minor?: string; gitVersion?: string }>(
    kube,
    '/version',
    options,
  );
  // Some providers write the minor as "20+".
  const number = (text: string | undefined): number => Number.parseInt(text ?? '0', 10) || 0;
  return { major: number(answer.major), minor: number(answer.minor), text: answer.gitVersion ?? 'unknown' };
}
