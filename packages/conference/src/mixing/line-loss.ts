import type { Instant } from '@dialplane/sansio';

/** Shares of lost packets from which on, and down to which, it pays to repeat sound coarsely (in-band FEC of Opus): measured, see `audio-quality.bench.ts`. */
const muchLoss = 0.03;
const littleLoss = 0.01;
/** The same for whole packets, which costs as much again as the sound. */
const heavyLoss = 0.08;
const lessThanHeavyLoss = 0.05;
/** What one report counts for: two of a line that loses 5 %, or one of 10 %, are enough; three or four without any end it. */
const reportWeight = 0.5;
/** Reports come every few seconds (RFC 3550 §6.2); of what comes more often, each first one counts. */
const shortestIntervalMs = 500;

export type LossState = 'clear' | 'lossy' | 'veryLossy';

/**
 * What the line to a listener loses, as its reports say (RFC 3550 §6.4.1).
 *
 * ```
 * clear ──3 % on average──▶ lossy ──8 %──▶ veryLossy ──less than 5 %──▶ lossy ──less than 1 %──▶ clear
 * ```
 */
export class LineLoss {
  private current: LossState = 'clear';
  private share = 0;
  private reportedAt: Instant | undefined;

  get state(): LossState {
    return this.current;
  }

  /** Takes a report. @param lostShare Of the packets since the one before, 0 to 1. @returns Whether the state is another one now. */
  note(lostShare: number, now: Instant): boolean {
    if (this.reportedAt !== undefined && now - this.reportedAt < shortestIntervalMs) return false;
    this.reportedAt = now;
    this.share += (lostShare - this.share) * reportWeight;
    const next = this.next();
    const isAnother = next !== this.current;
    this.current = next;
    return isAnother;
  }

  private next(): LossState {
    const { share, current } = this;
    if (share >= heavyLoss || (current === 'veryLossy' && share >= lessThanHeavyLoss)) return 'veryLossy';
    if (share >= muchLoss) return 'lossy';
    return share < littleLoss ? 'clear' : current === 'clear' ? 'clear' : 'lossy';
  }
}
