/** How much of the last seconds a load is of: long enough for the ticks of all threads, short enough for the next conference. */
const windowMs = 2_000;

interface Observation {
  readonly at: number;
  readonly workedMs: readonly number[];
}

/** How busy the busiest of some threads has been in the last two seconds: what a thread did before says nothing of how much room it has. */
export class ThreadLoad {
  /** Oldest first. */
  private observations: Observation[];

  /** @param at Milliseconds. @param workedMs How long each thread has worked since its start, in milliseconds. */
  constructor(at: number, workedMs: readonly number[]) {
    this.observations = [{ at, workedMs }];
  }

  /** To be called about twice a second, with what the threads have worked until now. @returns the share of the time in which the busiest one worked, 0 to 1. */
  observe(at: number, workedMs: readonly number[]): number {
    const recent = this.observations.filter((observation) => at - observation.at <= windowMs);
    const before = recent[0] ?? this.observations.at(-1);
    this.observations = [...recent, { at, workedMs }];
    if (before === undefined || at <= before.at) return 0;
    const shares = workedMs.map((worked, thread) => (worked - (before.workedMs[thread] ?? 0)) / (at - before.at));
    return Math.min(1, Math.max(0, ...shares));
  }
}
