import { bringUp } from './up.js';
import { clusterLayout } from './paths.js';
import { serverVersion } from './versions.js';
await bringUp(serverVersion(process.argv[3]), clusterLayout(), (e) => e.kind !== 'start' && console.error(e.text, e.ms));
