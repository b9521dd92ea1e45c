import { describe, expect, it } from 'vitest';
import { TerminalModes } from '../../../src/dev/terminal/terminal-modes.js';

const undoAfter = (...chunks: string[]): string => {
  const modes = new TerminalModes();
  for (const chunk of chunks) modes.see(Buffer.from(chunk));
  return modes.undo().replaceAll('\u001b', 'ESC');
};
const csi = (text: string): string => text.replaceAll('ESC', '\u001b');

describe('TerminalModes', () => {
  it.each<[string, string[], string]>([
    ['nothing', ['plain text \u001b[31mred\u001b[m'], ''],
    ['the alternate screen', ['ESC[?1049h'], 'ESC[?1049lESC[m'],
    ['left again', ['ESC[?1049h', 'text', 'ESC[?1049l'], ''],
    ['a hidden cursor', ['ESC[?25l'], 'ESC[?25hESC[m'],
    ['a cursor that was hidden and shown', ['ESC[?25lxESC[?25h'], ''],
    ['several at once, last first', ['ESC[?1000;1006;2004h'], 'ESC[?2004lESC[?1006lESC[?1000lESC[m'],
    ['what does not concern the terminal at large', ['ESC[?12hESC[?3hESC[4h'], ''],
    ['the keypad', ['ESC=', 'ESC[?1h'], 'ESC[?1lESC>ESC[m'],
    ['the keypad left again', ['ESC=ESC>'], ''],
    ['other keys of xterm', ['ESC[>4;2m'], 'ESC[>4mESC[m'],
    ['other keys of xterm left again', ['ESC[>4;2mESC[>4;0m'], ''],
    ['colours of xterm are no keys', ['ESC[>1;2m'], ''],
    ['the keyboard of kitty', ['ESC[>1uESC[>3u'], 'ESC[<2uESC[m'],
    ['the keyboard of kitty left again', ['ESC[>1uESC[>3uESC[<2u'], ''],
    ['a reset', ['ESC[?1049hESC[>1uESCc'], ''],
    ['a sequence cut in pieces', ['abcESC', '[?10', '49', 'h'], 'ESC[?1049lESC[m'],
    ['a sequence that ends as another', ['ESC[?10', '49$p'], ''],
    ['an escape without an end', [`ESC${'x'.repeat(200)}`, '[?1049h'], ''],
    ['endless numbers', [`ESC[?${'1;'.repeat(100)}`, '1049h'], ''],
  ])('%s', (_name, chunks, expected) => {
    expect(undoAfter(...chunks.map(csi))).toBe(expected);
  });

  it('undoes once', () => {
    const modes = new TerminalModes();
    modes.see(Buffer.from(csi('ESC[?1049h')));
    expect(modes.undo()).not.toBe('');
    expect(modes.undo()).toBe('');
  });

  it('is not misled by binary output', () => {
    const modes = new TerminalModes();
    modes.see(Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256)));
    expect(modes.undo()).toBe('');
  });
});
