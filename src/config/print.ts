import { dump } from 'js-yaml';
import type { ResolveResult } from './resolve.js';
import { formatPath, type Path } from './path.js';
import { escapeVariables } from './vars/text.js';

export type Resolved = ResolveResult & { ok: true };

/** Where a value of the config comes from. */
export interface Origin {
  readonly path: string;
  readonly line: number;
  /** The profile that says it. */
  readonly profile?: string;
  /** The variables in it, with where each has its value from. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface PrintOptions {
  readonly showSecrets?: boolean;
}

const HIDDEN = '***';
const SECRET_KEY = /^(?:password|token)$/i;
const SECRET_ARGUMENT = /\.buildArgs\..*(?:pass|secret|token|key|credential|auth|private)/i;

/** A config to be shown. */
export interface Printable<T> {
  readonly config: T;
  /** Whether something in it is masked. */
  readonly hidden: boolean;
}

/**
 * The config as a command works with it, as plain data: profiles applied, variables filled in, both sections gone. Passwords are masked unless
 * `showSecrets`.
 */
export function printable(
  result: Resolved,
  { showSecrets = false, escape = false }: PrintOptions & { escape?: boolean },
): Printable<Record<string, unknown>> {
  const { profiles: _, vars: __, ...config } = result.config;
  const secrets = filledWithSecrets(result);
  let hidden = false;
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, index]));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]),
      );
    const shown = showSecrets ? value : masked(value, path, result, secrets);
    hidden ||= shown !== value;
    // Commands are printed as they are written.
    return escape && typeof shown === 'string' && path[0] !== 'commands' ? escapeVariables(shown) : shown;
  };
  const shown = visit(config, []) as Record<string, unknown>;
  return { config: shown, hidden };
}

function masked(value: unknown, path: Path, { draft }: Resolved, secrets: Secrets): unknown {
  if (typeof value === 'string' && value !== '' && isSecret(path)) return HIDDEN;
  if (secrets.size === 0) return value;
  const hidden = secrets.get(formatPath(draft.origins.originOf(draft.value, path)));
  return hidden ? hidden.reduce((text, secret) => text.replaceAll(secret, HIDDEN), String(value)) : value;
}

/** Passwords by their key, and build arguments by their name. */
function isSecret(path: Path): boolean {
  return (
    SECRET_KEY.test(String(path.at(-1))) ||
    (path.includes('buildArgs') && SECRET_ARGUMENT.test(path.join('.')))
  );
}

/** The same as the text of a devspace.yaml, which loads to this config: what looks like a variable is escaped. */
export function printConfig(result: Resolved, options: PrintOptions): Printable<string> {
  const { config, hidden } = printable(result, { ...options, escape: true });
  return { config: dump(config, { lineWidth: -1, noRefs: true, quotingType: '"' }), hidden };
}

/** Where each single value of the printed config comes from. */
export function originsOf(result: Resolved): Origin[] {
  const found: Origin[] = [];
  const uses = usesByOrigin(result);
  const visit = (value: unknown, path: Path): void => {
    const isOpen = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    if (!isOpen) found.push(originAt(result, path, uses));
    else
      for (const [key, item] of Object.entries(value))
        visit(item, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  visit(printable(result, {}).config, []);
  return found;
}

function originAt(result: Resolved, path: Path, uses: Uses): Origin {
  const { draft, source, variables } = result;
  const origin = draft.origins.originOf(draft.value, path);
  const [section, index] = origin;
  const names = uses.get(formatPath(origin)) ?? [];
  const profiles = (draft.value['profiles'] ?? []) as readonly { name?: string }[];
  const profile = section === 'profiles' ? profiles[Number(index)]?.name : undefined;
  return {
    path: formatPath(path),
    line: source.locate(path).line,
    ...(profile !== undefined && { profile }),
    ...(names.length > 0 && {
      variables: Object.fromEntries(names.map((name) => [name, variables.known.get(name)?.from ?? ''])),
    }),
  };
}

/** Tells where the value at a path of the printed config comes from, as people read it. */
export function originTexts(result: Resolved): (path: Path) => string {
  const uses = usesByOrigin(result);
  return (path) => {
    const { line, profile, variables = {} } = originAt(result, path, uses);
    const parts = [`${result.source.file}:${line}`];
    if (profile !== undefined) parts.push(`profile ${profile}`);
    for (const [name, from] of Object.entries(variables)) parts.push(`${name} from ${from}`);
    return parts.join(', ');
  };
}

/** The variables in what is filled in, by where it is written. */
type Uses = ReadonlyMap<string, readonly string[]>;

function usesByOrigin({ filled }: Resolved): Uses {
  return new Map(filled.map(({ names, origin }) => [formatPath(origin), names]));
}

/** The secrets in what variables were filled into, by where it is written. */
type Secrets = ReadonlyMap<string, readonly string[]>;

function filledWithSecrets({ filled, variables }: Resolved): Secrets {
  const found = new Map<string, readonly string[]>();
  for (const { names, origin } of filled) {
    const secrets = names.flatMap((name) => {
      const { secret, value } = variables.known.get(name) ?? {};
      return secret === true && value !== '' ? [String(value)] : [];
    });
    if (secrets.length > 0) found.set(formatPath(origin), secrets);
  }
  return found;
}
