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

const MOMENTS: Readonly<Record<string, string>> = { build: 'images', deploy: 'deployments' };

/** `before:deploy:NAME` is `when.before.deployments: NAME`. A list with anything that `when` cannot say stays as it is. */
function events(edits: Edits, path: Path): void {
  const when = [...path.slice(0, -1), 'when'];
  const moments = edits.entries(path, 'list').map(({ path: at, value }) => {
    const [side = '', action = '', name = '*', ...more] = String(value).split(':');
    const kind = MOMENTS[action];
    const isMoment = (side === 'before' || side === 'after') && kind !== undefined && more.length === 0;
    // `before:build` is once before all; `before:build:*` is once before each.
    if (!isMoment || String(value).endsWith(':*')) return undefined;
    return { at, moment: [...when, side, kind], name: name === '*' ? 'all' : name };
  });
  const taken = new Set(moments.map((one) => one?.moment.join('.')));
  if (moments.includes(undefined) || taken.size < moments.length || says(edits.at(when))) return;
  for (const one of moments) if (one) edits.set(one.moment, one.name, one.at);
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
