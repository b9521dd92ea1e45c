/**
 * A copy of plain data in which no two places share an object, as aliases make them do: afterwards each place can be changed on its own.
 * Undefined when that takes more than `budget` values.
 */
export function asTree(value: unknown, budget: number): unknown {
  let left = budget;
  const copy = (from: unknown): unknown => {
    if (--left < 0) throw new OverBudget();
    if (Array.isArray(from)) return from.map(copy);
    if (typeof from !== 'object' || from === null) return from;
    return Object.fromEntries(Object.entries(from).map(([key, item]) => [key, copy(item)]));
  };
  try {
    return copy(value);
  } catch (error) {
    if (error instanceof OverBudget) return undefined;
    throw error;
  }
}

class OverBudget extends Error {}
