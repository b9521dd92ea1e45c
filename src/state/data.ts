/** A map of a file others may write too: nothing about it is certain. */
export type Data = Record<string, unknown>;

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map at `key`; an empty one when something else or nothing is there. */
export function child(data: Data, key: string): Data {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  return isData(value) ? value : {};
}

/** The map at `key`, put there when it is missing. */
export function grow(data: Data, key: string): Data {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (isData(value)) return value;
  const created: Data = {};
  Object.defineProperty(data, key, { value: created, enumerable: true, writable: true, configurable: true });
  return created;
}

/** Gives `data` the values of `keys` in `state`, taking away those that are undefined. */
export function assign(data: Data, state: object, keys: readonly string[]): void {
  for (const key of keys) {
    const value = (state as Data)[key];
    if (value === undefined) delete data[key];
    else data[key] = value;
  }
}

/** What is a single value, as text: a tag of digits may have been written without quotes. */
export function texts(value: unknown): Record<string, string> {
  if (!isData(value)) return {};
  const scalars = Object.entries(value).filter(([, one]) =>
    ['string', 'number', 'boolean'].includes(typeof one),
  );
  return Object.fromEntries(scalars.map(([key, one]) => [key, `${one as string | number}`]));
}
