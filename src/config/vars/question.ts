import { matches, regexpOf, RegexpTooSlow } from '../regexp.js';
import type { Definition } from './definition.js';
import type { Value } from './text.js';

/** What to ask for a variable. */
export interface Question {
  readonly name: string;
  readonly message: string;
  /** Preselected. */
  readonly proposal: Value | undefined;
  /** To choose from; undefined for any text. */
  readonly options: readonly Value[] | undefined;
  /** Not to be shown. */
  readonly secret: boolean;
  /** Why an answer will not do. */
  readonly check: (answer: string) => string | undefined;
}

/** The question for a variable that may not be defined. */
export function questionOf(
  name: string,
  definition: Definition | undefined,
  proposal: Value | undefined,
): Question {
  const { options, password = false, question } = definition ?? {};
  return {
    name,
    message: question ?? `Please enter a value for ${name}`,
    proposal,
    options: options && options.length > 0 ? options : undefined,
    secret: password,
    check: (answer) => objection(definition, answer),
  };
}

/** Why `answer` is no value for the variable; undefined when it is one. */
export function objection(definition: Definition | undefined, answer: string): string | undefined {
  const { options = [], validationMessage, validationPattern } = definition ?? {};
  if (options.length > 0 && !options.some((option) => String(option) === answer))
    return `Choose one of ${options.join(', ')}`;
  const pattern = validationPattern === undefined ? undefined : regexpOf(validationPattern);
  if (pattern === undefined) return undefined;
  try {
    if (matches(pattern, answer)) return undefined;
  } catch (error) {
    if (!(error instanceof RegexpTooSlow)) throw error;
    return `${error.message} for this answer: change validationPattern`;
  }
  return validationMessage ?? `The answer has to match ${validationPattern}`;
}
