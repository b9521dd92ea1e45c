import { Failure } from '../base/failure.js';
import type { ManifestObject } from './manifest.js';

interface Sign {
  readonly pattern: RegExp;
  readonly hint: (match: RegExpExecArray, where: Where) => string;
}

/** What was to be done where. */
export interface Where {
  readonly deployment: string;
  readonly context: string;
  readonly namespace: string;
}

const SIGNS: readonly Sign[] = [
  {
    pattern: /namespaces "([^"]+)" not found/,
    hint: ([, name]) => `kubectl create namespace ${name}`,
  },
  {
    pattern: /does not match the namespace/,
    hint: (_, { deployment }) =>
      `Remove metadata.namespace from the manifest, or set the namespace of deployment "${deployment}" to it`,
  },
  {
    pattern: /field is immutable|may not change once set|updates to .* are forbidden/,
    hint: (_, { deployment }) =>
      `This cannot be changed in place: devspace purge -d ${deployment}, then deploy again`,
  },
  {
    pattern: /no matches for kind "([^"]+)"/,
    hint: ([, kind]) =>
      `The cluster does not know ${kind}: install what brings it, or correct apiVersion and kind`,
  },
  {
    pattern: /context "([^"]+)" does not exist/,
    hint: () => 'kubectl config get-contexts',
  },
  {
    pattern: /\bforbidden\b/i,
    hint: (_, { namespace }) => `See what you may do: kubectl auth can-i --list --namespace ${namespace}`,
  },
  {
    pattern:
      /Unable to connect|connection to the server|connection refused|i\/o timeout|no such host|deadline exceeded/i,
    hint: (_, { context }) => `The cluster does not answer: kubectl --context ${context} version`,
  },
];

/** DEPLOY_FAILED, with what kubectl said and the places in the manifests it spoke of. */
export function applyFailure(
  where: Where,
  stderr: readonly string[],
  objects: readonly ManifestObject[],
): Failure {
  const lines = cleanKubectlLines(stderr);
  const guilty = blamed(stderr, objects);
  const named = guilty.map(({ kind, name, place }) => `${kind}/${name} (${place})`);
  return new Failure({
    code: 'DEPLOY_FAILED',
    message: `Deployment "${where.deployment}" failed${named.length > 0 ? ` at ${named.join(', ')}` : ''}`,
    subject: guilty[0]?.place ?? where.deployment,
    hint: hintFor(lines, where),
    details: lines,
  });
}

function hintFor(lines: readonly string[], where: Where): string {
  for (const { pattern, hint } of SIGNS)
    for (const line of lines) {
      const match = pattern.exec(line);
      if (match) return hint(match, where);
    }
  return 'Correct the manifest; what was applied before the error stays and is updated by the next run';
}

const STDIN_PREFIXES = [
  /^(from server )?for: "STDIN": /,
  /(error when \w+|unable to recognize|error parsing|error validating) "?STDIN"?: /,
  /resource mapping not found for name: .*? from "STDIN": /,
];

/**
 * kubectl's lines without its noise: a failed patch prints both versions of the object (with every value of a Secret), a dead server a dozen
 * log lines, and every line speaks of "STDIN", which the user does not know.
 */
export function cleanKubectlLines(stderr: readonly string[]): string[] {
  const lines = stderr
    .filter((line) => !/^(\s*$|[EWI]\d{4} |\{|to:$|Resource: |Name: |Warning: )/.test(line))
    .filter((line) => !/error when (applying patch|retrieving current configuration of):$/.test(line))
    .map((line) => STDIN_PREFIXES.reduce((rest, prefix) => rest.replace(prefix, ''), line));
  return [...new Set(lines)];
}

/** True for a line that says the object cannot be there: the cluster does not know its kind (any more). */
export function gone(line: string): boolean {
  return /no matches for kind|the server doesn't have a resource type|ensure CRDs are installed first/.test(
    line,
  );
}

// Lines name the object, as in `The Deployment "web" is invalid` and `deployments.apps "web" is forbidden`, or only its kind, as in `Deployment in
// version "v1" cannot be handled`: then it is clear which one is meant when there is just one.
function blamed(lines: readonly string[], objects: readonly ManifestObject[]): readonly ManifestObject[] {
  const ofKind = objects.filter(({ kind }) => lines.some((line) => namesKind(line, kind)));
  const byName = ofKind.filter(({ kind, name }) =>
    lines.some((line) => namesKind(line, kind) && line.includes(`"${name}"`)),
  );
  return byName.length > 0 || ofKind.length > 1 ? byName : ofKind;
}

function namesKind(line: string, kind: string): boolean {
  const words = line.toLowerCase().split(/[^a-z0-9.-]+/);
  const known = new Set([kind.toLowerCase(), ...plurals(kind.toLowerCase())]);
  return words.some((word) => known.has(word.replace(/\..*/, '')));
}

function plurals(kind: string): string[] {
  return [`${kind}s`, `${kind}es`, kind.replace(/y$/, 'ies')];
}
