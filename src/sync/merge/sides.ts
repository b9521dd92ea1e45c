import type { Local } from '../local/local.js';
import type { Remote } from '../remote/remote.js';

/** Both endpoints of a session. */
export interface Sides {
  readonly local: Local;
  readonly remote: Remote;
}
