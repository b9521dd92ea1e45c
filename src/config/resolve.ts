import { judgeBeforehand, judgedFirst, Refused, stillWrong } from './beforehand.js';
import { TooLarge } from './budget.js';
import type { Diagnostic } from './diagnostic.js';
import { finishDraft, readDraft, type Draft, type LoadResult } from './load.js';
import { formatPath, itemsAt, textsUnder, valueAt, type Path } from './path.js';
import { activatedProfiles } from './profiles/activate.js';
import { applyProfiles } from './profiles/apply.js';
import { orderProfiles, type ChoiceProblem, type ProfileHead } from './profiles/choose.js';
import { CONFIG_VERSION, configSchema, type Config } from './schema.js';
import { sectionProblems } from './sections.js';
import { openSource } from './open-source.js';
import { definitionsOf } from './vars/definition.js';
import { evaluateExpressions, hasExpressions } from './vars/expression.js';
import { fillTexts, textsToFill, usesOf, type Filled } from './vars/fill.js';
import { predefinedOf } from './vars/predefined.js';
import { Resolver, VariableProblem, type Answers } from './vars/resolver.js';
import { isRuntime, runtimeImage } from './vars/runtime.js';
import { namesIn } from './vars/text.js';

/** Which profiles to use. */
export interface ProfileChoice {
  /** Given by name, in order. */
  readonly names: readonly string[];
  /** Those to be applied before them. */
  readonly parents: readonly string[];
  /** Whether profiles may activate themselves. */
  readonly activation: boolean;
}

export const NO_PROFILES: ProfileChoice = { names: [], parents: [], activation: false };

export interface ResolveInput {
  /** Name for messages. */
  readonly file: string;
  readonly text: string;
  readonly profiles: ProfileChoice;
  /** Where the values of variables come from, once the profiles are known. `name`: what the config calls the project, in the versions that do. */
  readonly answers: (profiles: readonly string[], name: string | undefined) => Promise<Answers>;
  /**
   * The sections that the caller looks into: only their variables are asked for, and in all others texts stay as they are. In `commands` variables
   * that nobody knows are left to the shell.
   */
  readonly sections: readonly string[];
  /** Of `commands` only the one of this name: what the others need is not asked for. */
  readonly command?: string | undefined;
  /** Leave texts whose variables have no value as they are. */
  readonly lenient?: boolean;
}

/** A variable without a value, and its first use. */
export interface MissingVariable {
  readonly name: string;
  readonly path: Path;
  readonly at: { readonly line: number; readonly column: number };
}

export type ResolveResult =
  | ((LoadResult & { ok: true }) & {
      /** The profiles chosen, in order, without what they bring along as parents. */
      readonly profiles: readonly string[];
      readonly variables: Resolver;
      /** Where variables were filled in. */
      readonly filled: readonly Filled[];
      readonly draft: Draft;
    })
  | (LoadResult & { ok: false })
  | {
      readonly ok: false;
      readonly diagnostics: readonly [];
      readonly missing: readonly MissingVariable[];
      readonly profiles: readonly string[];
      readonly variables: Resolver;
    };

/**
 * The whole way from the text of a devspace.yaml to what a command works with: profiles applied, variables filled in, judged. What is wrong with the
 * file is told before anybody is asked for a variable. Rejects with what the answers reject with.
 */
export async function resolveConfig(input: ResolveInput): Promise<ResolveResult> {
  const { lenient = false, profiles: choice, sections } = input;
  const read = readDraft(await openSource(input.file, input.text));
  if (!read.ok) return read;
  const { draft } = read;
  const { origins, source, value } = draft;

  const broken = sectionProblems(draft);
  if (broken.length > 0) {
    // Without usable profiles and definitions all there is to say is what else is wrong with the file.
    const all = judgeBeforehand(draft);
    // Other versions have keys of their own there, which the upgrade knows.
    if (all ?? value['version'] === CONFIG_VERSION) return all ?? { ok: false, diagnostics: broken };
  }
  try {
    const chosen = await chooseProfiles(draft, choice, input.answers);
    if (chosen.problems.length > 0) return { ok: false, diagnostics: chosen.problems };
    const before = String(value['version']);
    const forgiving = FORGIVING.has(before);
    const problems = applyProfiles(value, chosen.order, { forgiving, origins, source });
    if (problems.length > 0) return { ok: false, diagnostics: problems };

    const texts = [
      ...textsToFill(value, (section) => sections.includes(section) || !SECTIONS.has(section)),
    ].filter(({ path }) => isOfCommand(value, path, input.command));
    const answers = judgedFirst(await input.answers(chosen.names, projectName(value)), draft);
    const resolver = new Resolver(definitionsOf(value), answers);
    const uses = usesOf(texts);
    for (const name of orderOf(uses, value)) {
      const path = uses.get(name);
      if (
        path?.[0] !== 'commands' ||
        resolver.definition(name) ||
        answers.given.has(name) ||
        predefinedOf(name)
      )
        await resolver.resolve(name);
    }
    if (resolver.missing.size > 0 && !lenient) {
      const refused = judgeBeforehand(draft);
      if (refused) return refused;
      const missing = missingOf(resolver, uses, draft);
      return { ok: false, diagnostics: [], missing, profiles: chosen.names, variables: resolver };
    }
    const filled = fillTexts(value, texts, origins, (name) => resolver.known.get(name)?.value);
    const evaluated =
      answers.evaluate && hasExpressions(before)
        ? await evaluateExpressions(value, sections.filter(isValueSection), origins, answers.evaluate)
        : [];
    const result = finishDraft(draft, filled);
    const done = new Set(
      [...filled.flatMap(({ names, origin }) => (names.length > 0 ? [origin] : [])), ...evaluated].map(
        formatPath,
      ),
    );
    const diagnostics = result.ok
      ? runtimeProblems(draft, sections)
      : stillWrong(draft, result.diagnostics, done);
    if (diagnostics.length > 0) return { ok: false, diagnostics };
    // Where variables were not filled in on purpose, the texts are no values of their places.
    const { warnings = [] } = result;
    const whole = result.ok ? result : { ok: true as const, config: value as Config, source, warnings };
    return { ...whole, profiles: chosen.names, variables: resolver, filled, draft };
  } catch (error) {
    if (error instanceof Refused) return error.result;
    if (error instanceof TooLarge)
      return { ok: false, diagnostics: [source.diagnose('CONFIG_INVALID', ['profiles'], COPIES)] };
    if (!(error instanceof VariableProblem)) throw error;
    return { ok: false, diagnostics: [source.diagnose('CONFIG_INVALID', error.at, error.message)] };
  }
}

const COPIES = 'patches that copy make millions of values of this config';

/** Those of v1beta3: other versions may have their parts elsewhere. */
const SECTIONS: ReadonlySet<string> = new Set(Object.keys(configSchema.shape));

/** `commands` are lines for a shell, where `$(…)` is its own. */
function isValueSection(section: string): boolean {
  return section !== 'commands';
}

function isOfCommand(value: unknown, path: Path, name: string | undefined): boolean {
  return (
    name === undefined || path[0] !== 'commands' || valueAt(value, [...path.slice(0, 2), 'name']) === name
  );
}

/** Only v2beta1 has one; elsewhere it is a key too many. */
function projectName({ name }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof name === 'string' ? name : undefined;
}

/** From 5.12 on DevSpace lets patches replace and remove what is not there. */
const FORGIVING: ReadonlySet<string> = new Set(['v1beta10', 'v1beta11', 'v2beta1']);

async function chooseProfiles(
  { source, value }: Draft,
  { activation, names, parents }: ProfileChoice,
  answers: ResolveInput['answers'],
): Promise<{ order: readonly number[]; names: string[]; problems: Diagnostic[] }> {
  const heads = (value['profiles'] ?? []) as readonly ProfileHead[];
  let activated: string[] = [];
  if (activation && heads.some((head) => 'activation' in head)) {
    const given = await answers([...parents, ...names], projectName(value));
    const resolver = new Resolver(definitionsOf(value), given);
    activated = await activatedProfiles(value, {
      env: (name) => given.env[name] ?? given.dotenv[name],
      variable: async (name) => {
        const found = await resolver.resolve(name);
        return found && String(found.value);
      },
    });
  }
  const chosen = [...new Set([...activated, ...parents, ...names])];
  const { order, problems } = orderProfiles(heads, chosen);
  return {
    order,
    names: chosen,
    problems: problems.map((problem) => diagnosticOf(source, problem)),
  };
}

function diagnosticOf(source: Draft['source'], { at, code, hint, message }: ChoiceProblem): Diagnostic {
  const path: Path = at ? ['profiles', at.index, ...at.key] : ['profiles'];
  return source.diagnose(code, path, message, { part: at ? 'value' : 'key', hint });
}

/** Defined variables in the order of their definitions, then the others in the order of their use. */
function orderOf(uses: ReadonlyMap<string, Path>, value: unknown): string[] {
  const defined = definitionsOf(value).flatMap(({ definition: { alwaysResolve, name } }) =>
    uses.has(name) || alwaysResolve === true ? [name] : [],
  );
  const others = [...uses.keys()].filter((name) => !defined.includes(name));
  return [...defined, ...others];
}

function missingOf(
  resolver: Resolver,
  uses: ReadonlyMap<string, Path>,
  { source, value: root }: Draft,
): MissingVariable[] {
  // Not those that only lack another one.
  const names = [...resolver.missing].filter((name) => {
    const { default: fallback, value } = resolver.definition(name) ?? {};
    return !namesIn([fallback, value].join(' ')).some((other) => resolver.missing.has(other));
  });
  const definitions = textsUnder(root['vars'], ['vars']);
  return names.map((name) => {
    const path = uses.get(name) ??
      definitions.find(({ text }) => namesIn(text).includes(name))?.path ?? ['vars'];
    return { name, path, at: source.locate(path) };
  });
}

/** `${runtime.…}` has a value only once images are built: in what comes after that, and for images that there are. */
function runtimeProblems({ source, value }: Draft, sections: readonly string[]): Diagnostic[] {
  const images = new Set(itemsAt(value, ['images']).map(({ path }) => String(path.at(-1))));
  const texts = textsToFill(value, (section) => section !== 'commands' && sections.includes(section));
  return [...texts].flatMap(({ path, text }) => {
    const isLate = path[0] === 'deployments' || path[0] === 'hooks' || path[3] === 'custom';
    return namesIn(text).flatMap((name) => {
      if (!isRuntime(name) || (isLate && runtimeImage(name, images))) return [];
      const hint = `it can stand in deployments, for images of this config: \${runtime.images.NAME}`;
      return [source.diagnose('CONFIG_UNSUPPORTED', path, `\${${name}} has no value here`, { hint })];
    });
  });
}
