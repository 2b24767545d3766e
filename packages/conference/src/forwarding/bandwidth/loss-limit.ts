import type { Instant } from '@dialplane/sansio';

/** Packets that a verdict needs, so that one lost packet of few is no loss of many percent. */
const leastPackets = 30;
const leastMs = 500;
const mostMs = 3000;
/** A loss that long ago says nothing any more. */
const rememberedMs = 4000;
const few = 0.02;
/** Far above any line; so that a rate that is not limited does not grow for ever. */
const mostBps = 100_000_000;
const many = 0.1;

/** The rate that loss allows (draft-ietf-rmcat-gcc-02 §6): up while next to nothing is lost, down by half the loss where it is more than a tenth, else as it is. */
export class LossLimit {
  rateBps: number;
  private fraction = 0;
  private measuredAt: Instant | undefined;
  private packets = 0;
  private lost = 0;
  private since: Instant | undefined;

  constructor(rateBps: number) {
    this.rateBps = rateBps;
  }

  /** Part of the packets that was lost lately; 0 where nothing was sent for a while. */
  lossFraction(now: Instant): number {
    return this.measuredAt === undefined || now - this.measuredAt > rememberedMs ? 0 : this.fraction;
  }

  /** Notes what a feedback told; `currentBps` is the rate in force, from which a decrease starts. */
  note(received: number, lost: number, currentBps: number, now: Instant): void {
    this.packets += received + lost;
    this.lost += lost;
    const elapsedMs = now - (this.since ?? now);
    this.since ??= now;
    if (elapsedMs < leastMs || (this.packets < leastPackets && elapsedMs < mostMs)) return;
    this.fraction = this.packets === 0 ? 0 : this.lost / this.packets;
    this.measuredAt = now;
    if (this.fraction > many && this.packets >= 10) this.rateBps = currentBps * (1 - 0.5 * this.fraction);
    else if (this.fraction < few) this.rateBps = Math.min(mostBps, Math.max(this.rateBps, currentBps) * 1.08 ** (Math.min(elapsedMs, 1000) / 1000) + 1000);
    this.packets = 0;
    this.lost = 0;
    this.since = now;
  }
}
