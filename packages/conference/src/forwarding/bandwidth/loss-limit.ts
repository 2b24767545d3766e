import type { Instant } from '@dialplane/sansio';

/** Packets that a verdict needs, so that one lost packet of few is no loss of many percent. */
const leastPackets = 30;
const leastMs = 500;
const mostMs = 3000;
const few = 0.02;
const many = 0.1;

/** The rate that loss allows (draft-ietf-rmcat-gcc-02 §6): up while next to nothing is lost, down by half the loss where it is more than a tenth, else as it is. */
export class LossLimit {
  rateBps: number;
  /** Part of the packets that was lost in the last interval. */
  lossFraction = 0;
  private packets = 0;
  private lost = 0;
  private since: Instant | undefined;

  constructor(rateBps: number) {
    this.rateBps = rateBps;
  }

  /** Notes what a feedback told; `currentBps` is the rate in force, from which a decrease starts. */
  note(received: number, lost: number, currentBps: number, now: Instant): void {
    this.packets += received + lost;
    this.lost += lost;
    const elapsedMs = now - (this.since ?? now);
    this.since ??= now;
    if (elapsedMs < leastMs || (this.packets < leastPackets && elapsedMs < mostMs)) return;
    this.lossFraction = this.packets === 0 ? 0 : this.lost / this.packets;
    if (this.lossFraction > many && this.packets >= 10) this.rateBps = currentBps * (1 - 0.5 * this.lossFraction);
    else if (this.lossFraction < few) this.rateBps = Math.max(this.rateBps, currentBps) * (1.08 ** (Math.min(elapsedMs, 1000) / 1000)) + 1000;
    this.packets = 0;
    this.lost = 0;
    this.since = now;
  }
}
