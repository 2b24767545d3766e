/**
 * How many things are kept in the arrays, maps and sets that can be reached from `root`: for tests and simulation, what of a machine must not grow. Empty
 * places of a table are not counted, nor are bytes.
 */
export function census(root: object): number {
  const seen = new Set<object>([root]);
  const waiting: object[] = [root];
  let count = 0;
  const meet = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    waiting.push(value);
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (ArrayBuffer.isView(next)) continue;
    const isCollection = next instanceof Map || next instanceof Set || Array.isArray(next);
    const values: unknown[] = next instanceof Map ? [...next.keys(), ...next.values()] : next instanceof Set ? [...next] : Object.values(next);
    if (isCollection) count += values.filter((value) => value !== undefined).length;
    for (const value of values) meet(value);
  }
  return count;
}
