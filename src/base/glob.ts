/**
 * Compiles a glob to a test of relative paths with `/`: `*` and `?` stay within a name, `**` crosses folders, `[a-z]`, `[!a-z]` and `{a,b}` as in a
 * shell, a backslash takes the next character as it is. Names beginning with a dot are nothing special. A leading `./` or `/` does not count.
 */
export function globTest(glob: string): (path: string) => boolean {
  const expression = new RegExp(`^${source(glob.replace(/^(?:\.?\/)+/, ''))}$`, 'su');
  return (path) => expression.test(path);
}

function source(glob: string): string {
  let out = '';
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const rest = glob.slice(at);
    const char = glob[at] as string;
    const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(rest);
    if (rest.startsWith('**/') && (at === 0 || glob[at - 1] === '/')) {
      out += '(?:.*/)?';
      at += 2;
    } else if (rest.startsWith('**')) {
      out += '.*';
      at += 1;
    } else if (char === '*') out += '[^/]*';
    else if (char === '?') out += '[^/]';
    else if (set) {
      const [all, negation, members = ''] = set;
      out += `[${negation === '' ? '' : '^/'}${members.replace(/[\\[\]^&]/g, String.raw`\$&`)}]`;
      at += all.length - 1;
    } else if (char === '\\' && at + 1 < glob.length) {
      at += 1;
      out += literal(glob[at] as string);
    } else if (char === '{' && rest.includes('}')) {
      out += '(?:';
      braces += 1;
    } else if (char === '}' && braces > 0) {
      out += ')';
      braces -= 1;
    } else if (char === ',' && braces > 0) out += '|';
    else out += literal(char);
  }
  return out + ')'.repeat(braces);
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
}
