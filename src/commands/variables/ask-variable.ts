import type { Question } from '../../config/vars/question.js';
import { ask } from '../ask.js';
import type { Invocation } from '../command.js';

/** Asks until the answer will do. INTERRUPTED when the user answers with Ctrl-C. */
export async function askVariable(question: Question, invocation: Invocation): Promise<string> {
  const { check, message, options, proposal, secret } = question;
  const validate = (answer: string): true | string => check(answer) ?? true;
  const proposed = proposal === undefined ? {} : { default: String(proposal) };
  if (options) {
    const choices = options.map((option) => ({ value: String(option), name: String(option) }));
    return ask<string>(invocation, { type: 'select', message, choices, ...proposed });
  }
  if (!secret) return ask<string>(invocation, { type: 'input', message, validate, ...proposed });
  const answer = await ask<string>(invocation, { type: 'password', message, mask: '*', validate });
  return answer === '' && proposal !== undefined ? String(proposal) : answer;
}
