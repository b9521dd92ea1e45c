import type { Target } from './figures.js';
import type { Site } from './site.js';

const at = (limit: number, text = String(limit)): Target => ({ limit, text });

/** What the medians of ours have to reach, over local pipes and through a cluster. */
export const targets = {
  oneFile: { pipes: at(15), cluster: at(40) },
  restart: { pipes: at(150), cluster: at(300) },
  burst: { pipes: at(250), cluster: at(250) },
  bigFile: { pipes: at(600), cluster: at(600) },
  byteEdited: { pipes: at(200), cluster: at(200) },
  byteOnWire: { pipes: at(200 * 1024, '200 KiB'), cluster: at(200 * 1024, '200 KiB') },
  idleCpu: at(0.3),
  /** Of what lies still only the pings are left: one each way in 30 s. */
  idleWaits: at(1),
  helperRss: at(12),
  idleDev: {
    cpu: at(0.5),
    rss: at(100),
    requestsPerMinute: at(0),
    connections: at(4),
    bytesPerMinute: at(16_000, '16 kB'),
  },
} as const;

/** The first sync of many files: through a cluster it is compared with what a tar pipe took in the same run. */
export function initialTarget(site: Site['name'], tarPipeMs: number | undefined): Target | undefined {
  if (site === 'pipes') return at(800);
  return tarPipeMs === undefined
    ? undefined
    : at(1.5 * tarPipeMs, `${Math.round(1.5 * tarPipeMs)} (1.5 x tar)`);
}
