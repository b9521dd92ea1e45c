/** Where something is in the config: keys and list indexes from the top. */
export type Path = readonly (string | number)[];

/** `dev.ports[0].forward[1].port`; keys that are not plain words are quoted: `images["my app"].tag`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[\w$-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** What `path` leads to, or undefined. Never looks at inherited properties. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

/** The items of the list or map at `path`, each with its own path; nothing when something else is there. */
export function itemsAt(value: unknown, path: Path): { path: Path; value: unknown }[] {
  const at = valueAt(value, path);
  if (Array.isArray(at)) return at.map((item: unknown, index) => ({ path: [...path, index], value: item }));
  if (typeof at !== 'object' || at === null) return [];
  return Object.entries(at).map(([key, item]) => ({ path: [...path, key], value: item }));
}

/** The items of the list at `path`; nothing when something else is there. */
export function listAt(value: unknown, path: Path): { path: Path; value: unknown }[] {
  return Array.isArray(valueAt(value, path)) ? itemsAt(value, path) : [];
}

/** All texts at or under `path` that are `wanted`. */
export function textsUnder(
  value: unknown,
  path: Path = [],
  wanted: (text: string) => boolean = () => true,
): { path: Path; text: string }[] {
  const found: { path: Path; text: string }[] = [];
  const at = [...path];
  const visit = (below: unknown): void => {
    if (typeof below === 'string') {
      if (wanted(below)) found.push({ path: [...at], text: below });
    } else if (typeof below === 'object' && below !== null) {
      for (const key of Object.keys(below)) {
        at.push(Array.isArray(below) ? Number(key) : key);
        visit((below as Record<string, unknown>)[key]);
        at.pop();
      }
    }
  };
  visit(value);
  return found;
}
