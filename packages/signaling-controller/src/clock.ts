import { instant, type Instant } from '@dialplane/sansio';

/** Where the controller gets time from and is woken by. Tests pass one they turn by hand. */
export interface Clock {
  /** Monotonic; deadlines and durations. */
  now(): Instant;
  /** The wall clock in milliseconds since the Unix epoch; dates in records, expiry of tokens. */
  wallMs(): number;
  /** Calls `wake` once at or soon after `at`; returns what calls it off. Never keeps the process alive. */
  wakeAt(at: Instant, wake: () => void): () => void;
}

/** The machine's clocks. */
export function systemClock(): Clock {
  const now = (): Instant => instant(performance.now());
  return {
    now,
    wallMs: () => Date.now(),
    wakeAt: (at, wake) => {
      const timer = setTimeout(wake, Math.max(0, Math.ceil(at - now())));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

/** The wall-clock date of a monotonic instant, as ISO 8601 in UTC. */
export function dateOf(clock: Clock, at: number): string {
  return new Date(clock.wallMs() - (clock.now() - at)).toISOString();
}
