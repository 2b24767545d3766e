/**
 * States what must hold because our own code made it so. A failure is a bug of ours, and costs the one call or allocation
 * it belongs to: the driver catches it there. Never for what a peer or the world can cause.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}

/** Marks a `switch` as exhaustive: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`invariant: unreachable ${JSON.stringify(value)}`);
}
