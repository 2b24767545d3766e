import type { Instant } from '@dialplane/sansio';

/** Timers are looked at this often: while something is waited for that hurts, while media flows, and while there is nothing but legs. */
const urgentMs = 10;
const mediaMs = 50;
const idleMs = 500;
/** So long after the last of it nothing of it is due soon. */
const urgentFor = 100;
const mediaFor = 1_000;

/** How long until timers are looked at again. Each look wakes the process, which costs as much as sending ten packets: a room in which nobody says anything has few. */
export class TickPolicy {
  private urgentAt: Instant | undefined;
  private mediaAt: Instant | undefined;

  /** A packet is missing, or a probe is on its way. */
  noteUrgency(now: Instant): void {
    this.urgentAt = now;
  }

  /** Media, or a handshake. */
  noteMedia(now: Instant): void {
    this.mediaAt = now;
  }

  tickMs(now: Instant): number {
    if (this.urgentAt !== undefined && now - this.urgentAt < urgentFor) return urgentMs;
    return this.mediaAt !== undefined && now - this.mediaAt < mediaFor ? mediaMs : idleMs;
  }
}
