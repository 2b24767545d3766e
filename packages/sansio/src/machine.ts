/** Monotonic milliseconds since an arbitrary origin. Only differences mean anything. */
export type Instant = number & { readonly __unit: 'instant-ms' };

/** Marks a number of milliseconds as an {@link Instant}; for drivers and tests, where time enters. */
export function instant(milliseconds: number): Instant {
  return milliseconds as Instant;
}

/** The instant `milliseconds` after `at` (before it, when negative). */
export function addMilliseconds(at: Instant, milliseconds: number): Instant {
  return (at + milliseconds) as Instant;
}

/** The earlier of two instants of which either may be absent. */
export function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a < b ? a : b;
}

/** A state machine without I/O: inputs, outputs and deadlines, all of them values. */
export interface Machine<Input, Output> {
  /** Takes one input observed at `now`. Hostile input is counted and dropped, never thrown. */
  handle(input: Input, now: Instant): void;
  /** Fires every timer that is due. Calling it early is harmless. */
  handleTimeout(now: Instant): void;
  /** Removes and returns the next output, or `undefined` when drained. */
  poll(): Output | undefined;
  /** When `handleTimeout` next has work; `undefined` means nothing is pending. */
  pollTimeout(): Instant | undefined;
}

/** The first multiple of `stepMs` that is not before `at`: deadlines that may be a step late have their wake-ups in common, and to be woken costs more than most of what is then due. */
export function roundedUp(at: Instant, stepMs: number): Instant {
  return instant(Math.ceil(at / stepMs) * stepMs);
}
