/** A regular expression as configs have them: written for Go, so `(?i)` may stand in front. Undefined for what is none. */
export function regexpOf(text: string): RegExp | undefined {
  const inline = /^\(\?([ims]+)\)/.exec(text);
  try {
    return new RegExp(inline ? text.slice(inline[0].length) : text, `${inline?.[1] ?? ''}u`);
  } catch {
    try {
      // Without `u` needless escapes such as \- are fine.
      return new RegExp(inline ? text.slice(inline[0].length) : text, inline?.[1] ?? '');
    } catch {
      return undefined;
    }
  }
}
