/**
 * A copy of plain data in which no two places share an object, as aliases make them do: afterwards each place can be changed on its own.
 */
export function asTree(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTree);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTree(item)]));
}
