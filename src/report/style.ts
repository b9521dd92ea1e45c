import { Chalk, type ChalkInstance } from 'chalk';

/** Whether a stream gets colour: NO_COLOR and FORCE_COLOR first (https://no-color.org), then whether it is a terminal. */
export function wantsColour(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

export type Style = ChalkInstance;

export function styleFor(colour: boolean): Style {
  return new Chalk({ level: colour ? 1 : 0 });
}

/** Colours that tell log prefixes apart, in the order the original uses them. */
const PREFIX_COLOURS = ['blue', 'green', 'yellow', 'magenta', 'cyan', 'red', 'whiteBright'] as const;

/** Gives each prefix a colour of its own in order of appearance. */
export function prefixPainter(style: Style): (prefix: string) => string {
  const seen = new Map<string, string>();
  return (prefix) => {
    let painted = seen.get(prefix);
    if (painted === undefined) {
      const colour = PREFIX_COLOURS[seen.size % PREFIX_COLOURS.length] ?? 'blue';
      painted = style[colour](`[${prefix}]`);
      seen.set(prefix, painted);
    }
    return painted;
  };
}
