/** What is needed for a verdict: packets that waited one behind the other, over which time, and how much longer the last one was on the way than the fastest; less of it is jitter. */
const leastPackets = 4;
const leastMs = 60;
const leastGrowthMs = 50;
/** Where less than this part of what was sent arrived per time, the packets were not just late once. */
const fullPart = 0.9;
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
  private packets = 0;
  private bytes = 0;
  private firstSentAt = 0;
  private lastSentAt = 0;
  private firstArrivedAt = 0;
  private lastArrivedAt = 0;
  private firstSize = 0;
  private lastSize = 0;
  private leastDelay = Infinity;
  private forgottenAt = -Infinity;

  /** Notes a packet that arrived, in the order of sending; times in milliseconds, each of its own clock. */
  noteArrived(bytes: number, sentAt: number, arrivedAt: number): void {
    const delay = arrivedAt - sentAt;
    if (arrivedAt - this.forgottenAt > windowMs) this.forget(arrivedAt);
    if (delay <= this.leastDelay + noQueueMs) this.packets = 0;
    else this.noteQueued(bytes, sentAt, arrivedAt);
    this.leastDelay = Math.min(this.leastDelay, delay);
  }

  /** What arrives of a line that is full, in bits per second; `undefined` while there is no sign of that. */
  fullBps(): number | undefined {
    const growthMs = this.lastArrivedAt - this.lastSentAt - this.leastDelay;
    if (this.packets < leastPackets || growthMs < leastGrowthMs || this.lastArrivedAt - this.firstArrivedAt < leastMs) return undefined;
    const sentBps = ((this.bytes - this.lastSize) * 8000) / (this.lastSentAt - this.firstSentAt);
    const arrivedBps = ((this.bytes - this.firstSize) * 8000) / (this.lastArrivedAt - this.firstArrivedAt);
    return arrivedBps < fullPart * sentBps ? arrivedBps : undefined;
  }

  private noteQueued(bytes: number, sentAt: number, arrivedAt: number): void {
    if (this.packets === 0) {
      this.bytes = 0;
      this.firstSentAt = sentAt;
      this.firstArrivedAt = arrivedAt;
      this.firstSize = bytes;
    }
    this.packets += 1;
    this.bytes += bytes;
    this.lastSentAt = sentAt;
    this.lastArrivedAt = arrivedAt;
    this.lastSize = bytes;
  }

  private forget(now: number): void {
    this.packets = 0;
    this.leastDelay = Infinity;
    this.forgottenAt = now;
  }
}
