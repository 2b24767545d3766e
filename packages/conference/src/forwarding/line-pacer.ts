import { type Instant, instant } from '@dialplane/sansio';

/** How much faster than the line is thought to be pictures may leave. */
const headstart = 2.5;
/** What may leave at once: as much as leaves in this time. An ordinary frame is less. */
const burstMs = 40;
/** The same of a line that takes next to nothing, in bytes: four full packets. */
const leastBurstBytes = 4_800;

/**
 * When the packets of pictures may leave towards one line. A key frame is many times as large as what the line takes in the time of a frame; sent at once it would wait in
 * the narrowest place on the way, which drops what it has no room for, sound among it. A token bucket, filled at {@link headstart} times the estimate: frames that fit pass
 * as they come.
 */
export class LinePacer {
  private left = Infinity;
  private at = instant(0);

  /** Whether `bytes` may leave now over a line that is thought to take `lineBps`; if so, they have left. */
  take(bytes: number, lineBps: number, now: Instant): boolean {
    const perMs = (headstart * lineBps) / 8000;
    this.left = Math.min(Math.max(leastBurstBytes, burstMs * perMs), this.left + (now - this.at) * perMs);
    this.at = now;
    if (this.left < bytes) return false;
    this.left -= bytes;
    return true;
  }
}
