/** Everything that is no printable text, as bytes of UTF-8 in a string with one character a byte; but tabs and line ends. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/;

/** In this order: a colour or other attribute (kept), CSI, OSC and other strings, other escapes, single controls. ECMA-48, 5.4 to 5.6. */
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /(\x1b\[[\d;:]*m)|\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[\x20-\x2f]*[\x30-\x7e]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]/g;

const RESET = '\x1b[m';

/**
 * What a container has printed, as a terminal may show it beside other output: colours stay, and with a prefix they end at the line's end; cursor
 * movements, titles, bells, character sets and all else that would change the terminal are left out. A carriage return within a line starts it anew,
 * with its prefix. `text` holds one character for each byte.
 */
export function forTerminal(text: string, prefix: string): string {
  if (!CONTROLS.test(text)) return text;
  return text
    .split('\n')
    .map((line) => oneLine(line, prefix))
    .join('\n');
}

/** The same for text of any characters, with its ends of lines. */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text)) return text;
  return Buffer.from(forTerminal(Buffer.from(text).toString('latin1'), ''), 'latin1').toString();
}

function oneLine(line: string, prefix: string): string {
  if (!CONTROLS.test(line)) return line;
  let isColoured = false;
  const shown = line.replace(/\r+$/, '').replace(SEQUENCES, (_, colour?: string) => {
    isColoured ||= colour !== undefined;
    return colour ?? '';
  });
  const end = isColoured && prefix !== '' ? RESET : '';
  return `${shown.replaceAll('\r', `${end}\r${prefix}`)}${end}`;
}
