import type { Instant } from '@dialplane/sansio';

/** RFC 8489 §6.2.1: an estimate without traffic for ten minutes is worth nothing. */
const staleAfterMs = 600_000;

/**
 * The retransmission timeout towards one server (RFC 8489 §6.2.1, RFC 6298 §2 without its rounding to a second). Feed it only round trips of
 * requests that were sent once (Karn's algorithm); {@link ClientTransaction} reports exactly those.
 */
export class RetransmissionTimeout {
  private readonly initialMs: number;
  private estimate: { readonly smoothedMs: number; readonly variationMs: number; readonly at: Instant } | undefined;

  /** @param initialMs RTO before the first sample and least RTO after it; 500 by RFC 8489 §6.2.1. */
  constructor(initialMs = 500) {
    this.initialMs = initialMs;
  }

  /** Milliseconds to wait before the first retransmission of a request sent at `now`. */
  current(now: Instant): number {
    if (this.estimate === undefined || now - this.estimate.at > staleAfterMs) return this.initialMs;
    return Math.max(this.initialMs, Math.round(this.estimate.smoothedMs + 4 * this.estimate.variationMs));
  }

  /** Takes one round trip of `roundTripMs` that ended at `now`. */
  sample(roundTripMs: number, now: Instant): void {
    const last = this.estimate !== undefined && now - this.estimate.at <= staleAfterMs ? this.estimate : undefined;
    this.estimate =
      last === undefined
        ? { smoothedMs: roundTripMs, variationMs: roundTripMs / 2, at: now }
        : {
            variationMs: 0.75 * last.variationMs + 0.25 * Math.abs(last.smoothedMs - roundTripMs),
            smoothedMs: 0.875 * last.smoothedMs + 0.125 * roundTripMs,
            at: now,
          };
  }
}
