import type { Path } from '../path.js';
import { commandOf, type Definition } from './definition.js';
import { questionOf, type Question } from './question.js';
import { fillText, MOST_CHARACTERS, namesIn, TextTooLong, type FilledText, type Value } from './text.js';

/** Where values come from. What is asked or run is the caller's business. */
export interface Answers {
  /** `--var`. */
  readonly given: ReadonlyMap<string, string>;
  /** What devspace knows itself; undefined for other names. */
  readonly predefined: (name: string) => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's .env file. */
  readonly dotenv: Readonly<Record<string, string | undefined>>;
  /** Earlier answers. */
  readonly cached: Readonly<Record<string, string>>;
  /** The output of a program, without blanks around it. */
  readonly run: (
    name: string,
    program: { command: string; args: readonly string[] | undefined },
  ) => Promise<string>;
  /** The output of a line for the shell, which stands at `place` of the config as `$(LINE)`; absent where such are left as they are. */
  readonly evaluate?: ((place: string, line: string) => Promise<string>) | undefined;
  /** Absent where nobody can be asked. `remember`: for later runs, too. */
  readonly ask?: ((question: Question, remember: boolean) => Promise<string>) | undefined;
  /** Is told each password. */
  readonly hide: (secret: string) => void;
  /** As process.platform. */
  readonly platform: string;
}

export type ValueSource =
  '--var' | 'predefined' | 'environment' | '.env' | 'cache' | 'answer' | 'command' | 'default' | 'value';

export interface ResolvedVariable {
  readonly value: Value;
  readonly from: ValueSource;
  /** A password, or made with one. */
  readonly secret: boolean;
}

/** Why variables cannot have values: they form a circle, or grow without end. `at` is what to blame. */
export class VariableProblem extends Error {
  readonly at: Path;

  constructor(message: string, at: Path) {
    super(message);
    this.at = at;
  }
}

/**
 * Finds the values of variables, each once: --var, predefined, environment (before .env), earlier answers, then default or question. Variables in the
 * definition of another are resolved first. What nobody can tell is kept in `missing`.
 */
export class Resolver {
  readonly missing = new Set<string>();
  readonly known = new Map<string, ResolvedVariable>();
  readonly #definitions: ReadonlyMap<string, { definition: Definition; index: number }>;
  readonly #answers: Answers;
  readonly #path: string[] = [];

  constructor(definitions: readonly { definition: Definition; index: number }[], answers: Answers) {
    this.#definitions = new Map(definitions.map((one) => [one.definition.name, one]));
    this.#answers = answers;
  }

  definition(name: string): Definition | undefined {
    return this.#definitions.get(name)?.definition;
  }

  /** The value; undefined for what is missing. Throws {@link VariableProblem}, and what the answers throw. One at a time. */
  async resolve(name: string): Promise<ResolvedVariable | undefined> {
    const known = this.known.get(name);
    if (known || this.missing.has(name)) return known;
    if (this.#path.includes(name)) {
      const circle = [...this.#path.slice(this.#path.indexOf(name)), name];
      throw this.#problem(`the variables form a circle: ${circle.join(' -> ')}`);
    }
    this.#path.push(name);
    try {
      const found = await this.#find(name);
      if (found?.secret) this.#answers.hide(String(found.value));
      if (found) this.known.set(name, found);
      else this.missing.add(name);
      return found;
    } finally {
      this.#path.pop();
    }
  }

  async #find(name: string): Promise<ResolvedVariable | undefined> {
    const { cached, dotenv, env, given, predefined } = this.#answers;
    const definition = this.definition(name);
    const secret = definition?.password === true;
    const flag = given.get(name);
    if (flag !== undefined) return { value: flag, from: '--var', secret };
    const ours = await predefined(name);
    if (ours !== undefined) return { value: ours, from: 'predefined', secret };
    const source = sourceOf(definition);
    if (source === 'none') return this.#default(definition);
    if (source === 'command') return this.#output(name, definition);
    if (source !== 'input') {
      // An empty variable is as good as none, as DevSpace has it.
      if (env[name]) return { value: env[name], from: 'environment', secret };
      if (dotenv[name]) return { value: dotenv[name], from: '.env', secret };
    }
    if (source === 'env') return this.#default(definition);
    if (Object.hasOwn(cached, name) && definition?.noCache !== true)
      return { value: cached[name] ?? '', from: 'cache', secret };
    return this.#ask(name, definition);
  }

  async #ask(name: string, definition: Definition | undefined): Promise<ResolvedVariable | undefined> {
    const { ask } = this.#answers;
    const proposal = await this.#default(definition);
    // Where nobody can be asked a default is what it says.
    if (!ask) return proposal;
    const question = questionOf(name, definition, proposal?.value);
    const value = await ask(question, definition?.noCache !== true);
    return { value, from: 'answer', secret: question.secret || proposal?.secret === true };
  }

  async #default(definition: Definition | undefined): Promise<ResolvedVariable | undefined> {
    const from = definition?.value === undefined ? 'default' : 'value';
    const written = definition?.value ?? definition?.default;
    if (written === undefined) return undefined;
    const secret = definition?.password === true;
    if (typeof written !== 'string') return { value: written, from, secret };
    const filled = await this.#fill(written);
    return filled && { value: filled.value, from, secret: secret || filled.secret };
  }

  async #output(name: string, definition: Definition | undefined): Promise<ResolvedVariable | undefined> {
    const program = definition && commandOf(definition, this.#answers.platform);
    if (!program) return this.#default(definition);
    const words: string[] = [];
    let secret = definition.password === true;
    for (const word of [program.command, ...(program.args ?? [])]) {
      const filled = await this.#fill(word);
      if (!filled) return undefined;
      words.push(String(filled.value));
      secret ||= filled.secret;
    }
    const [command = '', ...args] = words;
    const output = await this.#answers.run(name, { command, args: program.args && args });
    return output === '' ? this.#default(definition) : { value: output, from: 'command', secret };
  }

  #filled(text: string, lookup: (name: string) => Value | undefined): FilledText {
    try {
      return fillText(text, lookup);
    } catch (error) {
      if (!(error instanceof TextTooLong)) throw error;
      throw this.#problem(`the value of ${this.#path.at(-1)} is longer than ${MOST_CHARACTERS} characters`);
    }
  }

  /** With the definition of the variable that is being resolved. */
  #problem(message: string): VariableProblem {
    return new VariableProblem(message, ['vars', this.#definitions.get(this.#path.at(-1) ?? '')?.index ?? 0]);
  }

  async #fill(text: string): Promise<{ value: Value; secret: boolean } | undefined> {
    const values = new Map<string, ResolvedVariable>();
    let missing = false;
    for (const name of namesIn(text)) {
      const found = await this.resolve(name);
      if (found) values.set(name, found);
      else missing = true;
    }
    if (missing) return undefined;
    const filled = this.#filled(text, (name) => values.get(name)?.value);
    const secret = [...values.values()].some((one) => one.secret);
    return { value: filled.forced ? filled.text : (filled.whole ?? filled.text), secret };
  }
}

function sourceOf(definition: Definition | undefined): NonNullable<Definition['source']> {
  if (definition?.source !== undefined) return definition.source;
  if (definition?.value !== undefined) return 'none';
  return definition?.command === undefined && definition?.commands === undefined ? 'all' : 'command';
}
