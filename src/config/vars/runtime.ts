import { Failure } from '../../base/failure.js';
import { namesIn } from './text.js';

/** Names that only a run gives a value: `${runtime.images.web.tag}`. */
export function isRuntime(name: string): boolean {
  return name.startsWith('runtime.');
}

/** What `runtime.images.NAME`, `….image` or `….tag` is about; undefined for other names, and for images that are not in `images`. */
export function runtimeImage(
  name: string,
  images: { has(name: string): boolean },
): { readonly image: string; readonly part: 'ref' | 'image' | 'tag' } | undefined {
  const rest = /^runtime\.images\.(.+)$/.exec(name)?.[1];
  if (rest === undefined) return undefined;
  if (images.has(rest)) return { image: rest, part: 'ref' };
  const [, image = '', part] = /^(.+)\.(image|tag)$/.exec(rest) ?? [];
  return images.has(image) ? { image, part: part === 'tag' ? 'tag' : 'image' } : undefined;
}

/** A copy of `value` in which every text has the images of this run filled in. Failure: IMAGE_NEVER_BUILT. */
export function fillRuntime<T>(
  value: T,
  images: ReadonlyMap<string, { readonly repository: string; readonly tag: string; readonly ref: string }>,
): T {
  const fill = (text: string): string => {
    let filled = text;
    for (const name of namesIn(text)) {
      if (!isRuntime(name)) continue;
      const found = runtimeImage(name, images);
      const image = found && images.get(found.image);
      if (found === undefined || image === undefined) throw neverBuilt(name);
      const { ref, repository, tag } = image;
      filled = filled.replaceAll(`\${${name}}`, { ref, image: repository, tag }[found.part]);
    }
    return filled;
  };
  const copy = (part: unknown): unknown => {
    if (typeof part === 'string') return part.includes('${runtime.') ? fill(part) : part;
    if (Array.isArray(part)) return part.map(copy);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, copy(inner)]));
  };
  return copy(value) as T;
}

function neverBuilt(name: string): Failure {
  return new Failure({
    code: 'IMAGE_NEVER_BUILT',
    message: `\${${name}} has no value: that image was never built here`,
    subject: name,
    hint: 'devspace deploy --force-build',
  });
}
