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

  /** Whether `bytes` are there. */
  has(bytes: number, now: Instant): boolean {
    this.fill(now);
    return bytes <= this.available;
  }

  /** Takes `bytes` that {@link has} has found. */
  take(bytes: number): void {
    this.available -= bytes;
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
