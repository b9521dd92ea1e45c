/**
 * References to container images, after the grammar of the distribution project (`reference.md` there): `[host[:port]/]path[:tag][@digest]`.
 * Hub shorthands are normalised, so that `node`, `library/node` and `docker.io/library/node` are one repository.
 */
export interface ImageReference {
  /** `docker.io`, or the host with its port. */
  readonly registry: string;
  /** Path in that registry: `library/node`. */
  readonly path: string;
  /** Registry and path: equal for two references to the same repository. */
  readonly repository: string;
  /** The reference as written, without tag and digest. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

export const DOCKER_HUB = 'docker.io';

const NAME_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const TAG = '[\\w][\\w.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(
  `^((?:${DOMAIN}/)?${NAME_PART}(?:/${NAME_PART})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`,
);
const WHOLE_TAG = new RegExp(`^${TAG}$`);

/** Undefined when `text` is no image reference. */
export function parseImageReference(text: string): ImageReference | undefined {
  const match = REFERENCE.exec(text);
  const name = match?.[1];
  if (!name) return undefined;
  const { registry, path } = splitHost(name);
  return { registry, path, repository: `${registry}/${path}`, name, tag: match[2], digest: match[3] };
}

/**
 * True when `image` is `wanted`, or one of its tags when `wanted` names none: `docker.io/library/node:20` is a `node` and a `node:20`, `node` a
 * `node:latest`.
 */
export function imageMatches(image: string, wanted: string): boolean {
  if (image === wanted) return true;
  const [is, one] = [parseImageReference(image), parseImageReference(wanted)];
  if (is === undefined || one === undefined || is.repository !== one.repository) return false;
  if (one.digest !== undefined) return is.digest === one.digest;
  return one.tag === undefined || (is.digest === undefined && (is.tag ?? 'latest') === one.tag);
}

/** True when `text` fits the grammar of a tag: at most 128 letters, digits, `_`, `.` and `-`, not starting with `.` or `-`. */
export function isImageTag(text: string): boolean {
  return WHOLE_TAG.test(text);
}

// The first part is a host only when it could be none of Hub's own names: it has a dot, a port or a capital, or is `localhost`.
function splitHost(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const isHost = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  if (isHost && first !== DOCKER_HUB && first !== 'index.docker.io')
    return { registry: first, path: name.slice(slash + 1) };
  const path = isHost ? name.slice(slash + 1) : name;
  return { registry: DOCKER_HUB, path: path.includes('/') ? path : `library/${path}` };
}
