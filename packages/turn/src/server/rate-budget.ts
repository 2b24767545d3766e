import type { Instant } from '@dialplane/sansio';

/** A token bucket of one second's worth of bytes. */
export class RateBudget {
  private readonly bytesPerSecond: number;
  private available: number;
  private filledAt: Instant;

  constructor(bytesPerSecond: number, now: Instant) {
    this.bytesPerSecond = bytesPerSecond;
    this.available = bytesPerSecond;
    this.filledAt = now;
  }

  /** Takes `bytes` if they are there. */
  take(bytes: number, now: Instant): boolean {
    if (now > this.filledAt) {
      this.available = Math.min(this.bytesPerSecond, this.available + ((now - this.filledAt) * this.bytesPerSecond) / 1000);
      this.filledAt = now;
    }
    if (bytes > this.available) return false;
    this.available -= bytes;
    return true;
  }
}
