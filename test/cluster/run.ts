import { execa } from 'execa';
import { SEARCH_PATH } from './support.js';

/** Runs a tool of the system; also those in the sbin folders, which not every root has on PATH. Throws when it fails. */
export const run = execa({ env: { PATH: SEARCH_PATH } });
