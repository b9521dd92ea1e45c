import * as z from 'zod';

// `import * as z`, not `{ z }`: only the namespace form lets esbuild drop what is not used (94 instead of 443 KB, 12 ms of start-up).

export const text = z.string();
/** A required text; an empty one is as good as none. */
export const name = z.string().min(1);
export const texts = z.array(z.string());
export const textMap = z.record(z.string(), z.string());
/** What Kubernetes defines (probes, env sources, volume sources) or a chart defines (values) passes through unjudged. */
export const free = z.record(z.string(), z.unknown());
export const port = z.int().min(1).max(65535);
export const count = z.int().min(0);

/** Which pods an entry of `dev` is about. */
export const target = {
  imageName: text.optional().describe('Name of an entry in images: selects the containers that run it'),
  labelSelector: textMap.optional().describe('Pod labels that must all match'),
  namespace: text.optional().describe('Namespace of the pods (default: the current one)'),
};
