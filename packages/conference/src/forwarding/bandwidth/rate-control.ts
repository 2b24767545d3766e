import type { Instant } from '@dialplane/sansio';
import type { DelaySignal } from './delay-trend.ts';

/** Where little is sent or everything is lost, what arrives says nothing about the line. */
const leastBps = 30_000;
/** Down to this part of what arrived, so that the queue empties (draft-ietf-rmcat-gcc-02 §5.5). */
const decrease = 0.85;
/** Up by this part per second, far from where the line was full before. */
const increasePerSecond = 0.08;
/** Never more than this above what arrives: what has not been tried is not known. */
const mostAhead = 1.5;
/** Near where the line was full, up by one packet of this many bits per response time. */
const packetBits = 1200 * 8;
/** How far around the rate at which the line was full counts as near. */
const nearPart = 0.1;
/** Between what is seen and what is told of it, about. */
const feedbackMs = 100;

/**
 * The rate that follows from the delay signal (draft-ietf-rmcat-gcc-02 §5.5): multiplicative up, additive up near the last congestion, down by 15 %.
 *
 * ```
 * increase ──overuse──▶ decrease ──normal──▶ hold ──normal──▶ increase        underuse: hold, from anywhere
 * ```
 */
export class RateControl {
  rateBps: number;
  private state: 'hold' | 'increase' = 'increase';
  private changedAt: Instant | undefined;
  private decreasedAt: Instant | undefined;
  /** What arrived when the line was last full; `undefined` while that is not known. */
  private fullBps: number | undefined;

  constructor(rateBps: number) {
    this.rateBps = rateBps;
  }

  /** Follows a signal; `arrivingBps` is what arrives now, where known. */
  handle(signal: DelaySignal, arrivingBps: number | undefined, roundTripMs: number, now: Instant): void {
    const elapsedMs = Math.min(1000, now - (this.changedAt ?? now));
    if (signal === 'overuse') return this.back(arrivingBps, roundTripMs, now);
    this.changedAt = now;
    if (signal === 'underuse') this.state = 'hold';
    else if (this.state === 'hold') this.state = 'increase';
    else this.climb(arrivingBps, roundTripMs, elapsedMs);
  }

  /** A probe showed that the line takes more. */
  raise(rateBps: number, now: Instant): void {
    if (rateBps <= this.rateBps) return;
    this.rateBps = rateBps;
    this.changedAt = now;
    if (this.fullBps !== undefined && rateBps > this.fullBps * (1 + nearPart)) this.fullBps = undefined;
  }

  /** The line was seen to be full with `fullBps`: less than that from now on, so that its queue empties. */
  lower(fullBps: number, now: Instant): void {
    this.decreasedAt = now;
    this.rateBps = Math.max(leastBps, Math.min(this.rateBps, decrease * fullBps));
    this.fullBps = fullBps;
    this.state = 'hold';
    this.changedAt = now;
  }

  private back(arrivingBps: number | undefined, roundTripMs: number, now: Instant): void {
    // One decrease per round trip and feedback: what is on its way was sent before the last one.
    if (this.decreasedAt !== undefined && now - this.decreasedAt < roundTripMs + feedbackMs) return;
    this.lower(arrivingBps ?? this.rateBps, now);
  }

  private climb(arrivingBps: number | undefined, roundTripMs: number, elapsedMs: number): void {
    const ceiling = arrivingBps === undefined ? this.rateBps : mostAhead * arrivingBps + 10_000;
    if (this.rateBps >= ceiling) return;
    const { fullBps } = this;
    if (fullBps !== undefined && this.rateBps > fullBps * (1 + nearPart)) this.fullBps = undefined;
    const isNear = fullBps !== undefined && this.rateBps > fullBps * (1 - 2 * nearPart);
    const step = isNear ? (packetBits * elapsedMs) / (roundTripMs + 100) : Math.max(1000, this.rateBps * ((1 + increasePerSecond) ** (elapsedMs / 1000) - 1));
    this.rateBps = Math.min(ceiling, this.rateBps + step);
  }
}
