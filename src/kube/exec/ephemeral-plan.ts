import type { EphemeralContainerSpec, Pod, SecurityContext } from '../api/objects.js';

export interface EphemeralWish {
  /** Container whose processes the new one is to see. */
  target: string;
  image: string;
  command: readonly string[];
  /** Names begin with it; up to 40 characters of a DNS label. */
  prefix: string;
  /** Whom to run as; undefined: as the target's specification says, else as the image does. */
  user?: { uid: number; gid: number } | undefined;
}

export type EphemeralPlan =
  /** One that is as wished for runs or is about to; it cannot be removed, so it is used again. */
  { kind: 'use'; name: string } | { kind: 'create'; container: EphemeralContainerSpec };

/**
 * Which ephemeral container to use. A pod keeps each for as long as it lives, also those that ended, so names count up; two that plan at the same
 * moment come to the same container, which the server then makes once.
 */
export function planEphemeral(pod: Pod, wish: EphemeralWish): EphemeralPlan {
  const securityContext = securityFor(pod, wish);
  const existing = pod.spec.ephemeralContainers ?? [];
  for (const one of existing) {
    if (!one.name.startsWith(`${wish.prefix}-`) || one.targetContainerName !== wish.target) continue;
    if (one.image !== wish.image || one.command?.join('\0') !== wish.command.join('\0')) continue;
    const { runAsUser, runAsGroup } = one.securityContext ?? {};
    if (runAsUser !== securityContext.runAsUser || runAsGroup !== securityContext.runAsGroup) continue;
    const status = pod.status.ephemeralContainerStatuses?.find(({ name }) => name === one.name);
    const why = status?.state?.waiting?.reason;
    // An image that cannot be pulled is tried again by the node; a container that could not be made is not.
    if (status?.state?.terminated || why === 'CreateContainerError' || why === 'CreateContainerConfigError')
      continue;
    return { kind: 'use', name: one.name };
  }
  const taken = new Set(existing.map(({ name }) => name));
  let number = 1;
  while (taken.has(`${wish.prefix}-${number}`)) number += 1;
  return {
    kind: 'create',
    container: {
      name: `${wish.prefix}-${number}`,
      image: wish.image,
      command: wish.command,
      targetContainerName: wish.target,
      securityContext,
    },
  };
}

/**
 * The target's own security context: what the namespace's policy admitted once it admits again, and only a process with the same user, group and
 * no fewer capabilities may enter another one's file system.
 */
function securityFor(pod: Pod, wish: EphemeralWish): SecurityContext {
  const target = pod.spec.containers.find(({ name }) => name === wish.target)?.securityContext;
  // Its own root file system is where the helper is put.
  const security: SecurityContext = { ...target, readOnlyRootFilesystem: false };
  const user = wish.user ?? foundOut(pod, wish);
  if (user) return { ...security, runAsUser: user.uid, runAsGroup: user.gid };
  const ofPod = pod.spec.securityContext;
  const mustNotBeRoot = security.runAsNonRoot ?? ofPod?.runAsNonRoot;
  const named = security.runAsUser ?? ofPod?.runAsUser;
  // Whom the target's image runs as is not known yet, and images run as root unless told otherwise.
  return mustNotBeRoot && named === undefined ? { ...security, runAsUser: someone } : security;
}

const someone = 65532;

/** The user of the last one made for this target, where it was chosen with knowledge: that saves making another one to find out. */
function foundOut(pod: Pod, { prefix, target }: EphemeralWish): EphemeralWish['user'] {
  const last = pod.spec.ephemeralContainers?.findLast(
    (one) => one.name.startsWith(`${prefix}-`) && one.targetContainerName === target,
  );
  const { runAsUser: uid, runAsGroup: gid } = last?.securityContext ?? {};
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}
