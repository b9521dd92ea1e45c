/**
 * A gitignore pattern as patterns that mean by git's manual what git makes of it. Git compares the literal beginning of a pattern with a slash by itself,
 * and what follows anew, so that `**` right behind it, before a slash or the end, crosses slashes: `ab**\/c` is `ab*\/**\/c` and `abc` (dir.c,
 * match_pathname; wildmatch.c). The helper does the same (helper/internal/ignore/stars.go).
 */
export function asInManual(pattern: string): string[] {
  const negation = pattern.startsWith('!') ? '!' : '';
  const [, slash = '', literal, after] =
    /^(\/?)([^*?[\\]*[^*?[\\/])\*{2,}(.*)$/s.exec(pattern.slice(negation.length)) ?? [];
  if (literal === undefined || after === undefined) return [pattern];
  if (slash === '' && literal.startsWith('#') && negation === '') return [pattern];
  const begin = `${negation}/${literal}`;
  const end = after.replace(/ +$/, '');
  if (end === '' || end === '/') {
    const isAnchored = slash !== '' || literal.includes('/');
    return isAnchored ? [`${begin}*${end}`, `${begin}*/**${end}`] : [pattern];
  }
  const [, divider = '', rest] = /^(\\?\/)([^/].*)$/s.exec(after) ?? [];
  if (rest === undefined) return [pattern];
  const deeper = `${begin}*/**/${rest}`;
  if (divider !== '/') return [deeper];
  const together = /^\*{2,}(\\?\/|\/? *$)/.test(rest) ? asInManual(begin + rest) : [begin + plain(rest)];
  return [deeper, ...together];
}

/** Stars beside something else, in the first segment, are one. */
function plain(rest: string): string {
  return rest.replace(/^[^/]+/, (first) =>
    first.replace(/(\\.)|\*{2,}/gs, (_, escaped?: string) => escaped ?? '*'),
  );
}
