import * as z from 'zod/mini';

// zod/mini: the same schemas with a quarter of the code and half the start-up of zod (8 ms of every run).

/**
 * A key that may be left out, with what the docs and editors say of it. `(default VALUE)` at the end of the description is what happens without the
 * key; `examples` are values.
 */
export function optional<T extends z.core.SomeType>(
  schema: T,
  description: string,
  ...examples: readonly unknown[]
): z.ZodMiniOptional<T> {
  const made = z.optional(schema);
  z.globalRegistry.add(made, { description, ...(examples.length > 0 ? { examples: [...examples] } : {}) });
  return made;
}

/** The same for a key that has to be there. */
export function about<T extends z.ZodMiniType>(
  schema: T,
  description: string,
  ...examples: readonly unknown[]
): T {
  // A copy: descriptions belong to the one schema object, and text is used everywhere.
  const made = schema.clone();
  z.globalRegistry.add(made, { description, ...(examples.length > 0 ? { examples: [...examples] } : {}) });
  return made;
}

export const text = z.string();
/** A required text; an empty one is as good as none. */
export const name = z.string().check(z.minLength(1));
export const texts = z.array(z.string());
export const textMap = z.record(z.string(), z.string());
/** What Kubernetes defines (probes, env sources, volume sources) or a chart defines (values) passes through unjudged. */
export const free = z.record(z.string(), z.unknown());
export const port = z.int().check(z.minimum(1), z.maximum(65535));
export const count = z.int().check(z.minimum(0));

/** Which pods an entry of `dev` is about. */
export const target = {
  imageName: optional(text, 'Name of an entry in images: selects the containers that run it'),
  imageSelector: optional(
    name,
    'Image that is not in images: selects the containers that run it, with any tag when it names none',
    'ghcr.io/me/app',
  ),
  labelSelector: optional(textMap, 'Pod labels that must all match', { app: 'web' }),
  namespace: optional(text, 'Namespace of the pods (default: the current one)'),
};
