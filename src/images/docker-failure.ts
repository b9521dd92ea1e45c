import { DOCKER_HUB, parseImageReference } from '../base/image-reference.js';
import { Failure } from '../base/failure.js';

const SHOWN_LINES = 20;

interface Sign {
  readonly pattern: RegExp;
  readonly hint: string;
}

const BUILD_SIGNS: readonly Sign[] = [
  { pattern: /no space left on device/i, hint: 'Free disk space: docker system prune' },
  {
    pattern: /buildx component is missing/i,
    hint: 'Install the docker buildx plugin, or set DOCKER_BUILDKIT=0 in the environment',
  },
  {
    pattern:
      /pull access denied|manifest unknown|manifest for .* not found|repository .* not found|: not found$/i,
    hint: 'Check the image after FROM in the Dockerfile; for a private one: docker login <registry>',
  },
  {
    pattern: /no such host|i\/o timeout|TLS handshake timeout|connection refused/i,
    hint: 'The build cannot reach a server it needs: check the network, a proxy, or the registry named above',
  },
];

/** What the Docker CLI says when it reaches no daemon, as DOCKER_NOT_RUNNING or DOCKER_ACCESS_DENIED; undefined for other output. */
export function daemonFailure(lines: readonly string[]): Failure | undefined {
  const text = lines.join('\n');
  const where =
    /(?:at|socket at|to the docker API at) ((?:unix|tcp|npipe|ssh|http)s?:\/\/[^\s"]+?)[.:;]?(?=\s|$)/i.exec(
      text,
    )?.[1];
  const at = where ? ` at ${where}` : '';
  if (/permission denied while trying to connect to the docker/i.test(text))
    return new Failure({
      code: 'DOCKER_ACCESS_DENIED',
      message: `You may not use the Docker daemon${at}`,
      subject: where,
      hint: 'Add yourself to its group and log in again: sudo usermod -aG docker $USER',
    });
  if (
    !/cannot connect to the docker daemon|failed to connect to the docker API|error during connect|docker daemon is not running/i.test(
      text,
    )
  )
    return undefined;
  return new Failure({
    code: 'DOCKER_NOT_RUNNING',
    message: `Docker does not answer${at}`,
    subject: where,
    hint: 'Start Docker and check it with: docker info',
    details: where ? undefined : lines.slice(-3),
  });
}

export interface FailedBuild {
  readonly image: string;
  /** The last lines of the build. */
  readonly lines: readonly string[];
  /** The step it was at, as {@link stepOf} found it; undefined when it never came to a step. */
  readonly step: string | undefined;
  /** A command that does the same. */
  readonly again: string;
}

/** IMAGE_BUILD_FAILED with the failing step and the last lines of the build; or what {@link daemonFailure} says. */
export function buildFailure({ image, lines, step, again }: FailedBuild): Failure {
  // A step may talk to a daemon of its own.
  const daemon = step === undefined ? daemonFailure(lines) : undefined;
  if (daemon) return daemon;
  return new Failure({
    code: 'IMAGE_BUILD_FAILED',
    message: `Building image "${image}" failed${step === undefined ? '' : ` at: ${step}`}`,
    subject: image,
    hint: hintFor(lines, BUILD_SIGNS) ?? `To try it alone: ${again}`,
    details: lastLines(lines),
  });
}

/**
 * The step that a line of the build speaks of: the classic builder announces each as `Step 2/3 : RUN x`, BuildKit ends with the failing one as
 * ` > [2/3] RUN x:`.
 */
export function stepOf(line: string): string | undefined {
  const match = /^(?: ?> \[[^\]]+\] |Step \d+\/\d+ : )(.*?):?$/.exec(line);
  return match?.[1];
}

/** IMAGE_PUSH_DENIED when the registry refuses this user, else IMAGE_PUSH_FAILED with the last lines of the push; or what {@link daemonFailure} says. */
export function pushFailure(ref: string, lines: readonly string[]): Failure {
  const daemon = daemonFailure(lines);
  if (daemon) return daemon;
  const registry = parseImageReference(ref)?.registry ?? DOCKER_HUB;
  const text = lines.join('\n');
  const details = lastLines(lines);
  if (
    /denied|unauthorized|no basic auth credentials|authentication required|authorization failed|\b40[13]\b|forbidden/i.test(
      text,
    )
  )
    return new Failure({
      code: 'IMAGE_PUSH_DENIED',
      message: `The registry ${registry} does not let you push ${ref}`,
      subject: registry,
      hint: `docker login${registry === DOCKER_HUB ? '' : ` ${registry}`}`,
      details,
    });
  const insecure = /server gave HTTP response to HTTPS client/i.test(text);
  return new Failure({
    code: 'IMAGE_PUSH_FAILED',
    message: `Pushing ${ref} failed`,
    subject: ref,
    hint: insecure
      ? `Add "${registry}" to insecure-registries in Docker's daemon.json and restart Docker`
      : `Check that the registry ${registry} can be reached, then try: docker push ${ref}`,
    details,
  });
}

function hintFor(lines: readonly string[], signs: readonly Sign[]): string | undefined {
  return signs.find(({ pattern }) => lines.some((line) => pattern.test(line)))?.hint;
}

function lastLines(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '').slice(-SHOWN_LINES);
}
