import type { Instant } from '@dialplane/sansio';

/** What serving a packet costs besides its bytes, in bytes. */
const packetCost = 400;

/** How much a client may send, or have sent: bounded before it costs anything. A quarter of a second may come at once. */
export class PacketBudget {
  /** Packets that were dropped for it, since the start. */
  dropped = 0;
  private readonly perMs: number;
  private readonly most: number;
  private left: number;
  private at: Instant;

  /** @param perSecond bytes, each packet counting 400 more: 4,000,000 are 20 Mbit/s in full packets. */
  constructor(perSecond: number, now: Instant) {
    this.perMs = perSecond / 1000;
    this.most = perSecond / 4;
    this.left = this.most;
    this.at = now;
  }

  take(length: number, now: Instant): boolean {
    this.left = Math.min(this.most, this.left + (now - this.at) * this.perMs);
    this.at = now;
    if (this.left < length + packetCost) {
      this.dropped += 1;
      return false;
    }
    this.left -= length + packetCost;
    return true;
  }
}
