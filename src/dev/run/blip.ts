import { Failure } from '../../base/failure.js';

/** How long to wait before trying again after a blip. */
export const BLIP_MS = 1_000;

const BLIPS = new Set(['KUBE_UNREACHABLE', 'KUBE_API_ERROR']);

/** True when the API server could not be reached or had trouble of its own. It was there before a dev run came so far, so it will be again. */
export function isBlip(error: unknown): error is Failure {
  return error instanceof Failure && BLIPS.has(error.code);
}
