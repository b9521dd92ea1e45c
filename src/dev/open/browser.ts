import { once } from 'node:events';
import type { OpenBrowser } from './open-urls.js';

/** Starts the browser named by $BROWSER where that is set (the Linux convention), else the system's default one. */
export const openBrowser: OpenBrowser = async (url) => {
  const { default: open } = await import('open');
  const browser = process.env.BROWSER;
  const child = await open(url, browser ? { app: { name: browser } } : {});
  // `open` resolves before it is known whether the program exists.
  if (child.pid === undefined) await once(child, 'spawn');
  child.on('error', () => undefined);
};
