import type { Path } from '../path.js';
import type { Edits } from './edits.js';

/** What `dev` and `deploy` do here anyway. */
const STANDARD = new Set(['run_dependencies', 'ensure_pull_secrets', 'build_images', 'create_deployments']);

/**
 * The pipelines that `devspace init` of DevSpace 6 writes do what is done without any; only what they say about all of the config is taken as
 * such. The first other one is a problem, the only one of the section.
 */
export function pipelines(edits: Edits, path: Path): void {
  for (const { path: at, value } of edits.entries(path, 'map')) {
    const run = typeof value === 'string' ? value : edits.at([...at, 'run']);
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const isPlain = keys.every((key) => key === 'run' || key === 'name');
    if (isPlain && typeof run === 'string' && isStandard(edits, String(at.at(-1)), run)) continue;
    edits.problem(
      'CONFIG_UNSUPPORTED',
      at,
      'pipelines of your own are not supported: dev and deploy always build, deploy and start what is in this file',
      'remove the section; use `commands` for scripts, `hooks` for what happens around building and deploying',
      'key',
    );
    break;
  }
  edits.remove(path);
}

function isStandard(edits: Edits, name: string, script: string): boolean {
  const lines = script
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*/, '').trim())
    .filter((line) => line !== '');
  const starts = name === 'dev' ? ['start_dev'] : [];
  if (name !== 'dev' && name !== 'deploy') return false;
  const pods = edits.entries(['dev'], 'map').map((entry) => String(entry.path.at(-1)));
  return lines.every((line) => {
    const [command = '', ...args] = line.split(/\s+/);
    if (STANDARD.has(command)) return args.length === 1 && args[0] === '--all';
    if (!starts.includes(command)) return false;
    return (args.length === 1 && args[0] === '--all') || pods.every((pod) => args.includes(pod));
  });
}
