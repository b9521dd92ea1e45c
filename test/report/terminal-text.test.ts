import { describe, expect, it } from 'vitest';
import { forTerminal } from '../../src/report/terminal-text.js';

const shown = (text: string, prefix = ''): string =>
  Buffer.from(forTerminal(Buffer.from(text).toString('latin1'), prefix), 'latin1').toString();

describe('forTerminal', () => {
  const table: [string, string, string][] = [
    ['text, tabs and other scripts', 'a\tb äöü 日本 😀\n', 'a\tb äöü 日本 😀\n'],
    ['colours', '\x1b[31mred\x1b[0m and \x1b[38;5;12mblue\n', '\x1b[31mred\x1b[0m and \x1b[38;5;12mblue\n'],
    ['a clear screen', 'a\x1b[2J\x1b[Hb\n', 'ab\n'],
    ['the alternate screen and a hidden cursor', '\x1b[?1049h\x1b[?25lx\n', 'x\n'],
    ['a title, ended by a bell', '\x1b]0;owned\x07x\n', 'x\n'],
    ['the clipboard, ended by ST', '\x1b]52;c;Zm9v\x1b\\x\n', 'x\n'],
    ['a string without end', '\x1bPabc\nx\n', '\nx\n'],
    ['a reset, and other character sets', '\x1bcx\x1b(0y\x0ez\n', 'xyz\n'],
    ['bells, backspaces, nulls', 'a\x07b\x08c\x00d\x7f\n', 'abcd\n'],
    ['controls of eight bits', 'a\u009b31mb\u0085c\n', 'a31mbc\n'],
    ['line ends of Windows', 'a\r\nb\r\r\n', 'a\nb\n'],
    ['a torn sequence', 'a\x1b[31', 'a31'],
  ];
  it.each(table)('%s', (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it('with a prefix ends colours at the end of each line, and starts a line anew with it', () => {
    expect(shown('\x1b[31mred\nplain\n10%\r20%\n', '[web] ')).toBe(
      '\x1b[31mred\x1b[m\nplain\n10%\r[web] 20%\n',
    );
    expect(shown('\x1b[31mred\rnew\n', '> ')).toBe('\x1b[31mred\x1b[m\r> new\x1b[m\n');
  });
});
