import type { Instant } from '@dialplane/sansio';

/** What the other side's reports say of a stream that is sent (RFC 3550 §6.4.1): whether anything of it still arrives. */
export class DeliveryProgress {
  /** When a report last told of more than the one before; undefined before the first. */
  progressedAt: Instant | undefined;
  /** Whether reports go on to tell of nothing new, although packets are sent. */
  isStuck = false;
  private highest = -1;
  private sentThen = 0;

  /** @param extendedHighest Sequence number. @param packets Sent so far. */
  note(extendedHighest: number, packets: number, now: Instant): void {
    if (extendedHighest !== this.highest) {
      this.highest = extendedHighest;
      this.sentThen = packets;
      this.progressedAt = now;
      this.isStuck = false;
    } else if (packets - this.sentThen >= fewPackets) this.isStuck = true;
  }
}

/** A second of sound: what is on its way when a report is written is less. */
const fewPackets = 50;
