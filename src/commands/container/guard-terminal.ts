import type { Kube } from '../../kube/kube.js';
import { guardNetwork } from '../../kube/network/network-guard.js';

/** What is over by then needs no second connection. */
const briefMs = 1000;

/**
 * Finds out that the network is gone under a terminal as soon as a dev run does: the pings of its own stream are answered in order with the data, and
 * so a busy one looks dead for long. Then every connection is ended, and the terminal with it. Whoever opened it disposes it.
 */
export const guardTerminal = (kube: Kube): AsyncDisposable => guardNetwork(kube, { afterMs: briefMs });
