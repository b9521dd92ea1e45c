import { Document, isCollection, isMap, isPair, isScalar } from 'yaml';
import type { ResolveResult } from './resolve.js';
import { formatPath, type Path } from './path.js';
import type { Filled } from './vars/fill.js';
import { escapeVariables } from './vars/text.js';

type Resolved = ResolveResult & { ok: true };

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
  /** Say behind each value where it comes from. */
  readonly explain?: boolean;
  readonly showSecrets?: boolean;
}

const HIDDEN = '***';
/** Keys with passwords, and build arguments that are some by their name. */
const SECRET_KEY =
  /(?:^|\.)(?:password|token)$|\.buildArgs\..*(?:pass|secret|token|key|credential|auth|private)/i;

/**
 * The config as a command works with it, as plain data: profiles applied, variables filled in, both sections gone. Passwords are masked unless
 * `showSecrets`.
 */
export function printable(
  result: Resolved,
  { showSecrets = false, escape = false }: PrintOptions & { escape?: boolean },
): Record<string, unknown> {
  const { profiles: _, vars: __, ...config } = result.config;
  const byOrigin = filledByOrigin(result);
  const visit = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, index]));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]),
      );
    const shown = showSecrets ? value : masked(value, path, result, byOrigin);
    // Commands are printed as they are written.
    return escape && typeof shown === 'string' && path[0] !== 'commands' ? escapeVariables(shown) : shown;
  };
  return visit(config, []) as Record<string, unknown>;
}

function masked(
  value: unknown,
  path: Path,
  result: Resolved,
  byOrigin: ReadonlyMap<string, Filled>,
): unknown {
  if (typeof value === 'string' && value !== '' && SECRET_KEY.test(path.join('.'))) return HIDDEN;
  const filled = byOrigin.get(originKey(result, path));
  const secrets = (filled?.names ?? []).flatMap((name) => {
    const variable = result.variables.known.get(name);
    return variable?.secret === true && variable.value !== '' ? [String(variable.value)] : [];
  });
  if (secrets.length === 0) return value;
  return secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN), String(value));
}

/** The same as the text of a devspace.yaml, which loads to this config: what looks like a variable is escaped. */
export function printConfig(result: Resolved, options: PrintOptions): string {
  const data = printable(result, { ...options, escape: true });
  const document = new Document(data, { aliasDuplicateObjects: false, merge: true });
  if (options.explain === true) annotate(document.contents, [], (path) => ` ${originText(result, path)}`);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function annotate(node: unknown, path: Path, comment: (path: Path) => string): void {
  if (isScalar(node)) node.comment = comment(path);
  else if (isCollection(node)) {
    for (const [index, item] of node.items.entries()) {
      const key: string | number =
        isMap(node) && isPair(item) && isScalar(item.key) ? String(item.key.value) : index;
      annotate(isPair(item) ? item.value : item, [...path, key], comment);
    }
  }
}

/** Where each single value of the printed config comes from. */
export function originsOf(result: Resolved): Origin[] {
  const found: Origin[] = [];
  const visit = (value: unknown, path: Path): void => {
    const isOpen = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    if (!isOpen) found.push(originAt(result, path));
    else
      for (const [key, item] of Object.entries(value))
        visit(item, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  visit(printable(result, {}), []);
  return found;
}

function originAt(result: Resolved, path: Path): Origin {
  const { draft, filled, source, variables } = result;
  const origin = draft.origins.originOf(draft.value, path);
  const [section, index] = origin;
  const names = filled.find((one) => formatPath(one.origin) === formatPath(origin))?.names ?? [];
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

function originText(result: Resolved, path: Path): string {
  const { line, profile, variables = {} } = originAt(result, path);
  const parts = [`${result.source.file}:${line}`];
  if (profile !== undefined) parts.push(`profile ${profile}`);
  for (const [name, from] of Object.entries(variables)) parts.push(`${name} from ${from}`);
  return parts.join(', ');
}

function filledByOrigin({ filled }: Resolved): ReadonlyMap<string, Filled> {
  return new Map(filled.map((one) => [formatPath(one.origin), one]));
}

function originKey({ draft }: Resolved, path: Path): string {
  return formatPath(draft.origins.originOf(draft.value, path));
}
