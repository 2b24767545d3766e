import type { SipEdgeLimits } from '../sip-edge-options.ts';

const windowMs = 100;

/**
 * Whether there is room for one more new request: so many a second, and none while the event loop is late again and again, since what waits there already will take its time; being late
 * once is a pause and no overload. Requests inside dialogs are never asked for: ending calls is what ends an overload.
 */
export class OverloadGate {
  private readonly limits: Pick<SipEdgeLimits, 'requestsPerSecond' | 'lagMs'>;
  private readonly now: () => number;
  private readonly timer: NodeJS.Timeout;
  private expectedAt: number;
  private lagMs = 0;
  private lagBeforeMs = 0;
  private windowStart = 0;
  private taken = 0;

  constructor(limits: Pick<SipEdgeLimits, 'requestsPerSecond' | 'lagMs'>, now: () => number) {
    this.limits = limits;
    this.now = now;
    this.expectedAt = now() + windowMs;
    this.timer = setInterval(() => this.measure(), windowMs);
    this.timer.unref();
  }

  /** Takes one new request, or says that it has to wait: 0 is welcome, else seconds for Retry-After (RFC 3261 §20.33). */
  take(): number {
    const now = this.now();
    if (now - this.windowStart >= 1000) {
      this.windowStart = now;
      this.taken = 0;
    }
    this.taken += 1;
    if (this.taken > this.limits.requestsPerSecond) return 1;
    // A measurement that is overdue is itself a delay.
    return Math.min(this.lagBeforeMs, Math.max(this.lagMs, now - this.expectedAt)) > this.limits.lagMs ? 2 : 0;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private measure(): void {
    const now = this.now();
    this.lagBeforeMs = this.lagMs;
    this.lagMs = Math.max(0, now - this.expectedAt);
    this.expectedAt = now + windowMs;
  }
}
