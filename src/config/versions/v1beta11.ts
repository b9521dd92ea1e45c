import type { Path } from '../path.js';
import type { Edits } from './edits.js';
import { change, drop, refuse, says, type Step } from './rules.js';

/** v1beta11 (DevSpace 5.16) → v1beta10 */
export const v1beta11: Step = {
  version: 'v1beta11',
  rules: [
    change('deployments.*.disabled', disabled, { decides: ['deployments.*.disabled'] }),
    change('dependencies.*.disabled', disabled, { decides: ['dependencies.*.disabled'] }),
    change('hooks.*.disabled', disabled, { decides: ['hooks.*.disabled'] }),
    drop('hooks.*.name'),
    refuse(
      'hooks.*.container',
      'running a hook in a container is',
      'use a `command`, such as devspace enter',
    ),
    change('hooks.*.events', events, { decides: ['hooks.*.events.*'] }),
    drop('deployments.*.concurrent'),
    change('deployments.*.helm.timeout', timeout, { reads: [], decides: ['deployments.*.helm.timeout'] }),
    refuse('deployments.*.helm.chart.git', 'a chart from git is', 'clone it, and use its folder as `name`'),
    refuse('images.*.build.kaniko.tolerations', "settings of kaniko's pod are", 'build with docker'),
  ],
};

/** Variables are known by now, so what is disabled is simply not there. */
function disabled(edits: Edits, path: Path): void {
  const is = edits.at(path);
  edits.remove(path);
  if (is === true || is === 'true') edits.remove(path.slice(0, -1));
}

const MOMENTS: Readonly<Record<string, string>> = {
  build: 'images',
  deploy: 'deployments',
  purge: 'purgeDeployments',
  initialSync: 'initialSync',
};

/** `before:deploy:NAME` is `when.before.deployments: NAME`. */
function events(edits: Edits, path: Path): void {
  const when = [...path.slice(0, -1), 'when'];
  for (const { path: at, value } of edits.entries(path, 'list')) {
    const [side = '', action = '', name = '*'] = String(value).split(':');
    const kind = MOMENTS[action];
    const moment = [...when, side, kind ?? ''];
    const isTaken = says(edits.at(moment));
    if ((side !== 'before' && side !== 'after') || kind === undefined || isTaken) {
      const what = `the event ${JSON.stringify(value)}`;
      edits.problem(
        'CONFIG_UNSUPPORTED',
        at,
        isTaken ? `${what} beside another of its kind is not supported` : `${what} is not supported`,
        'use before:build, after:build, before:deploy or after:deploy, alone or with a name as in after:deploy:web',
      );
    } else edits.set(moment, name === '*' ? 'all' : name, at);
  }
  edits.remove(path);
}

/** `5m`, `90s` and `1m30s` as seconds; a number already is. */
function timeout(edits: Edits, path: Path): void {
  const text = edits.at(path);
  if (typeof text !== 'string') return;
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!parts || text === '') {
    if (/^\d+$/.test(text)) edits.set(path, Number(text), path);
    return;
  }
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  edits.set(path, Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds), path);
}
