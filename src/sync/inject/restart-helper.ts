/** Where images.<name>.injectRestartHelper puts the helper: it is the ENTRYPOINT of such an image, and restarts what it started. */
export const RESTART_HELPER = '/.devspace/restart';

/** ENTRYPOINT and CMD of an image under the supervisor; undefined when they already are. */
export function supervised(
  entrypoint: readonly string[],
  cmd: readonly string[],
): { entrypoint: string[]; cmd: string[] } | undefined {
  if (entrypoint[0] === RESTART_HELPER) return undefined;
  return { entrypoint: [RESTART_HELPER, 'restart-supervisor', '--', ...entrypoint], cmd: [...cmd] };
}
