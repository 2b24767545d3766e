import { PacketTrain } from './packet-train.ts';

/** What is needed for a verdict: packets that waited one behind the other, over which time, and how much longer the last one was on the way than the fastest; less of it is jitter. */
const leastPackets = 4;
const leastMs = 60;
const leastGrowthMs = 50;
/** A packet that waited no longer than this found the queue empty. */
const noQueueMs = 2;
/** What is older is forgotten: clocks drift apart. */
const windowMs = 1000;

/**
 * The first packets of all, on a line of which nothing is known but a guess: media that is sent anyway, and that shows a line narrower than the guess with the first feedback, before there are delays
 * enough for a trend. That may spare it the first probe, which would fill its queue. Looked at are packets since the queue was last empty: they arrive as fast as the line takes them.
 */
export class Opening {
  /** Since the queue was last empty. */
  private readonly queued = new PacketTrain();
  private leastDelay = Infinity;
  private forgottenAt = -Infinity;

  /** Notes a packet that arrived, in the order of sending; times in milliseconds, each of its own clock. */
  noteArrived(bytes: number, sentAt: number, arrivedAt: number): void {
    const delay = arrivedAt - sentAt;
    if (arrivedAt - this.forgottenAt > windowMs) this.forget(arrivedAt);
    if (delay <= this.leastDelay + noQueueMs) this.queued.clear();
    else this.queued.note(bytes, sentAt, arrivedAt);
    this.leastDelay = Math.min(this.leastDelay, delay);
  }

  /** What arrives of a line that is full, in bits per second; `undefined` while there is no sign of that. */
  fullBps(): number | undefined {
    const { packets, lastSentAt, lastArrivedAt, arrivedMs, arrivedBps, isSlowed } = this.queued;
    const growthMs = lastArrivedAt - lastSentAt - this.leastDelay;
    if (packets < leastPackets || growthMs < leastGrowthMs || arrivedMs < leastMs) return undefined;
    // Else they were just late once.
    return isSlowed ? arrivedBps : undefined;
  }

  private forget(now: number): void {
    this.queued.clear();
    this.leastDelay = Infinity;
    this.forgottenAt = now;
  }
}
