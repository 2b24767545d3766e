import { timestampDistance } from '@dialplane/rtp';
import { addMilliseconds, type Instant } from '@dialplane/sansio';

const bucketMs = 2;
const buckets = 200;
/** Packets that a delay has to be enough for. */
const quantile = 0.97;
/** What a packet counts for against the one before it: the last ten seconds of packets every 20 ms decide. */
const growth = 1.004;
const mostWeight = 1e12;
/** How long a shortest way counts: a network may become slower, and clocks drift. */
const windowMs = 5_000;
/** Packets between two looks at the whole histogram. */
const lookEvery = 10;
/** A packet so much later or earlier than the one before, against its timestamp, does not belong to the same clock. */
const mostTransitChangeMs = 5_000;

/**
 * How long packets of one stream have to wait so that nearly all of them have come: a high quantile of how much later than the fastest each one was, over the last
 * seconds. Never more than what was observed asks for.
 */
export class DelayEstimate {
  private readonly unitsPerMs: number;
  private readonly weights = new Float64Array(buckets);
  private weight = 1;
  private total = 0;
  private sinceLook = 0;
  private targetBucket = 0;

  /** The timeline: a timestamp and where it was, as milliseconds of sound since the first one. */
  private lastTimestamp = 0;
  private lastPositionMs = 0;
  private lastTransitMs: number | undefined;
  /** The shortest ways of this window and of the one before it. */
  private shortestMs = Infinity;
  private shortestBeforeMs = Infinity;
  private windowEndsAt = -Infinity;

  /** @param clockRate Of the timestamps, in Hz. */
  constructor(clockRate: number) {
    this.unitsPerMs = clockRate / 1000;
  }

  /** Takes note of a packet. @returns False where its timestamp has nothing to do with those before; it does not count then. */
  observe(timestamp: number, arrivedAt: Instant): boolean {
    const positionMs = this.positionOf(timestamp);
    const transitMs = arrivedAt - positionMs;
    if (this.lastTransitMs !== undefined && Math.abs(transitMs - this.lastTransitMs) > mostTransitChangeMs) return false;
    this.lastTransitMs = transitMs;
    this.lastTimestamp = timestamp;
    this.lastPositionMs = positionMs;
    this.noteShortest(transitMs, arrivedAt);
    this.noteDelay(transitMs - this.baseMs());
    return true;
  }

  /** When the sound of this timestamp would have come on the fastest way. */
  earliestArrival(timestamp: number): Instant {
    return addMilliseconds(this.positionOf(timestamp) as Instant, this.baseMs());
  }

  /** How long after `earliestArrival` it should be played, in milliseconds. */
  get targetMs(): number {
    return (this.targetBucket + 1) * bucketMs;
  }

  /** Forgets everything: another stream. */
  reset(): void {
    this.weights.fill(0);
    this.weight = 1;
    this.total = 0;
    this.targetBucket = 0;
    this.lastTransitMs = undefined;
    this.shortestMs = Infinity;
    this.shortestBeforeMs = Infinity;
    this.windowEndsAt = -Infinity;
  }

  private positionOf(timestamp: number): number {
    return this.lastPositionMs + timestampDistance(timestamp, this.lastTimestamp) / this.unitsPerMs;
  }

  private baseMs(): number {
    return Math.min(this.shortestMs, this.shortestBeforeMs);
  }

  private noteShortest(transitMs: number, now: Instant): void {
    if (now >= this.windowEndsAt) {
      this.shortestBeforeMs = this.shortestMs;
      this.shortestMs = transitMs;
      this.windowEndsAt = now + windowMs;
    } else if (transitMs < this.shortestMs) {
      this.shortestMs = transitMs;
    }
  }

  private noteDelay(delayMs: number): void {
    const bucket = Math.min(Math.floor(delayMs / bucketMs), buckets - 1);
    this.weight *= growth;
    if (this.weight > mostWeight) this.rescale();
    this.weights[bucket] = (this.weights[bucket] ?? 0) + this.weight;
    this.total += this.weight;
    this.sinceLook += 1;
    if (bucket <= this.targetBucket && this.sinceLook < lookEvery) return;
    this.sinceLook = 0;
    this.targetBucket = this.bucketOfQuantile();
  }

  private rescale(): void {
    for (let bucket = 0; bucket < buckets; bucket += 1) this.weights[bucket] = (this.weights[bucket] ?? 0) / this.weight;
    this.total /= this.weight;
    this.weight = 1;
  }

  private bucketOfQuantile(): number {
    let left = this.total * quantile;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      left -= this.weights[bucket] ?? 0;
      if (left <= 0) return bucket;
    }
    return buckets - 1;
  }
}
