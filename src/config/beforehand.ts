import { derive } from './derived.js';
import type { Diagnostic } from './diagnostic.js';
import { finishDraft, type Draft, type LoadResult } from './load.js';
import { formatPath, textsUnder, valueAt } from './path.js';
import { hasExpressions, isExpression } from './vars/expression.js';
import type { Answers } from './vars/resolver.js';
import { hasVariables } from './vars/text.js';

/** Thrown by {@link judgedFirst}. */
export class Refused extends Error {
  readonly result: LoadResult & { ok: false };

  constructor(result: LoadResult & { ok: false }) {
    super('the config is wrong whatever its variables are');
    this.result = result;
  }
}

/** The same answers, but before somebody is asked or a program is run the config is judged: {@link Refused}. It costs as much as loading it. */
export function judgedFirst(answers: Answers, draft: Draft): Answers {
  let judged = false;
  const judge = (): void => {
    const refused = judged ? undefined : judgeBeforehand(draft);
    judged = true;
    if (refused) throw new Refused(refused);
  };
  const { ask, evaluate, run } = answers;
  return {
    ...answers,
    evaluate:
      evaluate &&
      (async (place, line) => {
        judge();
        return evaluate(place, line);
      }),
    run: async (name, program) => {
      judge();
      return run(name, program);
    },
    ask:
      ask &&
      (async (question, remember) => {
        judge();
        return ask(question, remember);
      }),
  };
}

/**
 * What is wrong with the config whatever its variables are; undefined when nothing is. Judges a copy: the draft stays as it is.
 */
export function judgeBeforehand(draft: Draft): (LoadResult & { ok: false }) | undefined {
  const value = draft.origins.copy(draft.value);
  const result = finishDraft({ ...draft, value, source: derive(draft.written, value, draft.origins) });
  if (result.ok) return undefined;
  const diagnostics = result.diagnostics.filter((one) => !isOpen(draft, one));
  return diagnostics.length > 0 ? { ok: false, diagnostics } : undefined;
}

/** Whether variables may yet mend it. What is not supported is so whatever is in it, unless a variable takes its place. */
function isOpen({ written }: Draft, { code, path }: Diagnostic): boolean {
  const value = valueAt(written.value, path);
  if (code === 'CONFIG_UNSUPPORTED' && typeof value !== 'string') return false;
  const mayHave = hasExpressions(valueAt(written.value, ['version']));
  return textsUnder(value, [], (text) => hasVariables(text) || (mayHave && isExpression(text))).length > 0;
}

/** Without what is only wrong because its variables were left. */
export function stillWrong(
  draft: Draft,
  diagnostics: readonly Diagnostic[],
  done: ReadonlySet<string>,
): Diagnostic[] {
  return diagnostics.filter((one) => done.has(formatPath(one.path)) || !isOpen(draft, one));
}
