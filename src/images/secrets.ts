const SECRET_NAME = /pass|secret|token|key|credential|auth|private/i;
const MIN_LENGTH = 4;
// These steer the docker command itself, so a build argument of that name must not reach its environment.
const DOCKERS_OWN =
  /^(DOCKER|BUILDKIT|BUILDX|COMPOSE)_|_proxy$|^(PATH|HOME|USER|TMPDIR|TEMP|TMP|SSH_AUTH_SOCK|SYSTEMROOT|APPDATA|USERPROFILE)$/i;

/** Build arguments as docker takes them: by name, with the value in the environment, so that no process list shows it. */
export function passBuildArgs(buildArgs: Readonly<Record<string, string>> = {}): {
  args: string[];
  env: Record<string, string>;
} {
  const pairs = Object.entries(buildArgs);
  const byName = pairs.filter(([name]) => !DOCKERS_OWN.test(name));
  return {
    args: pairs.flatMap(([name, value]) => [
      '--build-arg',
      DOCKERS_OWN.test(name) ? `${name}=${value}` : name,
    ]),
    env: Object.fromEntries(byName),
  };
}

/** Hides the values of build arguments that look secret by their name. */
export function maskBuildArgs(buildArgs: Readonly<Record<string, string>> = {}): (line: string) => string {
  const secrets = Object.entries(buildArgs)
    .filter(([name, value]) => SECRET_NAME.test(name) && value.length >= MIN_LENGTH)
    .map(([, value]) => value);
  return (line) => secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line);
}
