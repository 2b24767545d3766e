import { addMilliseconds, type Instant, instant } from '@dialplane/sansio';

/** Timers are looked at this often: while something is waited for that hurts, while media flows, and while there is nothing but legs. */
const urgentMs = 10;
const mediaMs = 50;
const idleMs = 500;
/** So long after the last of it nothing of it is due soon. */
const urgentFor = 100;
const mediaFor = 1_000;
/** So long packets are waited for, which wake the process anyway. */
const packetsWithin = 250;

/**
 * When timers are looked at. Each look that wakes the process costs as much as sending ten packets: while packets come, timers are looked at with them, and a room in which nobody says
 * anything has few.
 */
export class TickPolicy {
  private urgentAt = instant(-Infinity);
  private mediaAt = instant(-Infinity);
  private tickedAt = instant(-Infinity);

  /** A packet is missing, or a probe is on its way. */
  noteUrgency(now: Instant): void {
    this.urgentAt = now;
  }

  /** Media, or a handshake. */
  noteMedia(now: Instant): void {
    this.mediaAt = now;
  }

  /** Timers are looked at. */
  noteTick(now: Instant): void {
    this.tickedAt = now;
  }

  /** Whether to look at timers with what came just now. */
  isDue(now: Instant): boolean {
    return now - this.tickedAt >= this.intervalMs(now);
  }

  /** When timers are looked at without packets, if none come until then; not before `now`. */
  dueAt(now: Instant): Instant {
    const intervalMs = this.intervalMs(now);
    const dueAt = addMilliseconds(this.tickedAt, intervalMs === mediaMs ? packetsWithin : intervalMs);
    return dueAt < now ? now : dueAt;
  }

  private intervalMs(now: Instant): number {
    if (now - this.urgentAt < urgentFor) return urgentMs;
    return now - this.mediaAt < mediaFor ? mediaMs : idleMs;
  }
}
