/**
 * Follows what a program switches on in a terminal (alternate screen, mouse, bracketed paste, a hidden cursor, another keyboard protocol), so that
 * exactly that can be switched off when the program can no longer do it itself. Sources of the sequences:
 * https://invisible-island.net/xterm/ctlseqs/ctlseqs.html and https://sw.kovidgoyal.net/kitty/keyboard-protocol/
 */
export class TerminalModes {
  /** What undoes each mode that is on, by its name, in the order of being switched on. */
  private readonly on = new Map<string, string>();
  /** The start of a sequence whose rest comes with the next chunk. */
  private rest = '';
  private kittyPushes = 0;

  /** Looks at output on its way to the terminal. */
  see(chunk: Buffer): void {
    if (this.rest === '' && !chunk.includes(ESC)) return;
    const text = this.rest + chunk.toString('latin1');
    for (const found of text.matchAll(SEQUENCE)) this.apply(found);
    const last = text.lastIndexOf('\u001b');
    const tail = last < 0 ? '' : text.slice(last);
    this.rest = tail.length <= LONGEST && UNFINISHED.test(tail) ? tail : '';
  }

  /** What puts the terminal back, last switched on first; empty when nothing is on. Nothing counts as on afterwards. */
  undo(): string {
    const keyboard = this.kittyPushes > 0 ? `\u001b[<${this.kittyPushes}u` : '';
    const text = keyboard + [...this.on.values()].toReversed().join('');
    this.on.clear();
    this.kittyPushes = 0;
    this.rest = '';
    // Colours are likely to be on, too.
    return text === '' ? '' : `${text}\u001b[m`;
  }

  private apply([whole, mark = '', numbers = '', final = '']: RegExpMatchArray): void {
    if (whole === '\u001bc') {
      this.on.clear();
      this.kittyPushes = 0;
    } else if (whole === '\u001b=') this.on.set('keypad', '\u001b>');
    else if (whole === '\u001b>') this.on.delete('keypad');
    else if (mark === '?' && (final === 'h' || final === 'l')) {
      for (const mode of numbers.split(';').map(Number)) this.setMode(mode, final === 'h');
    } else if (mark === '>' && final === 'm') {
      const [resource, value = '0'] = numbers.split(';');
      if (resource !== '4') return;
      if (Number(value) > 0) this.on.set('modifyOtherKeys', '\u001b[>4m');
      else this.on.delete('modifyOtherKeys');
    } else if (mark === '>' && final === 'u') this.kittyPushes += 1;
    else if (mark === '<' && final === 'u')
      this.kittyPushes = Math.max(0, this.kittyPushes - (Number(numbers) || 1));
  }

  private setMode(mode: number, set: boolean): void {
    const normal = NORMALLY_ON.has(mode);
    if (!normal && !NORMALLY_OFF.has(mode)) return;
    if (set === normal) this.on.delete(`${mode}`);
    else this.on.set(`${mode}`, `\u001b[?${mode}${normal ? 'h' : 'l'}`);
  }
}

const ESC = 0x1b;
const LONGEST = 64;
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001b(?:\[([?><])([\d;]*)([hlmu])|[=>c])/g;
// oxlint-disable-next-line no-control-regex
const UNFINISHED = /^\u001b(?:\[[?><]?[\d;]*)?$/;
/** Wrapping at the margin, and the cursor. */
const NORMALLY_ON = new Set([7, 25]);
/** Cursor keys, alternate screens, mouse, focus reports, bracketed paste, held-back output. */
const NORMALLY_OFF = new Set([
  1, 9, 47, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1047, 1049, 2004, 2026,
]);
