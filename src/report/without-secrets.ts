import type { Secrets } from '../base/secrets.js';
import type { Event, Reporter } from './events.js';

/** The reporter, told no secrets. What containers print is theirs and stays as it is. */
export function withoutSecrets(reporter: Reporter, secrets: Secrets): Reporter {
  return { ...reporter, handle: (event: Event) => reporter.handle(secrets.maskAll(event)) };
}
