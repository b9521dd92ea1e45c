import type { Values } from './template.js';

/**
 * Fills in a template. `{{name}}` is the value of that name; the lines from `#if name` (`#if !name` for its opposite) up to `#else` or `#end` stay
 * only when it is true or some text. Conditions nest. A name without a value is a bug in the template and throws.
 */
export function fill(text: string, values: Values): string {
  const valueOf = (name: string): string | boolean => {
    const value = values[name];
    if (value === undefined) throw new Error(`a template wants "${name}", which nobody gives`);
    return value;
  };
  // Whether each condition that is open lets lines through.
  const open: boolean[] = [];
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, word, not, name = ''] = /^#(if|else|end)\b\s*(!?)(\w*)$/.exec(line) ?? [];
    if (word === 'if') open.push(Boolean(valueOf(name)) !== (not === '!'));
    else if (word === 'else') open.push(!open.pop());
    else if (word === 'end') open.pop();
    else if (open.every(Boolean))
      lines.push(line.replace(/\{\{(\w+)\}\}/g, (_, key: string) => String(valueOf(key))));
  }
  return lines.join('\n');
}
