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
    this.fill(now);
    if (bytes > this.available) return false;
    this.available -= bytes;
    return true;
  }

  /** Takes `bytes` that have been relayed already, on credit where they are not there. @returns milliseconds until the credit is paid. */
  owe(bytes: number, now: Instant): number {
    this.fill(now);
    this.available -= bytes;
    return Math.max(0, (-this.available * 1000) / this.bytesPerSecond);
  }

  private fill(now: Instant): void {
    if (now <= this.filledAt) return;
    this.available = Math.min(this.bytesPerSecond, this.available + ((now - this.filledAt) * this.bytesPerSecond) / 1000);
    this.filledAt = now;
  }
}
