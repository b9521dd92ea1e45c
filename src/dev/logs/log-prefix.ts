export interface LoggedContainer {
  /** The name of its image in `images`, or the image itself where it is built elsewhere; undefined: it was selected by its labels alone. */
  readonly image: string | undefined;
  readonly pod: string;
  readonly container: string;
  readonly isInit: boolean;
}

/**
 * What stands before the lines of a container: the name of its image, or else of its pod, and as much more as tells it from the others that are streamed
 * now.
 */
export function logPrefix(one: LoggedContainer, all: Iterable<LoggedContainer>): string {
  const { container, image, isInit, pod } = one;
  const others = [...all].filter((other) => other.image === image && !isSame(other, one));
  const isOnlyInPod = others.every((other) => other.pod !== pod);
  return [
    ...(image === undefined ? [] : [image]),
    ...(image === undefined || others.some((other) => other.pod !== pod) ? [pod] : []),
    ...(isInit || !isOnlyInPod ? [container] : []),
  ].join(' ');
}

function isSame(a: LoggedContainer, b: LoggedContainer): boolean {
  return a.pod === b.pod && a.container === b.container;
}
