/** What the queue on the way does: it grows, it empties, or neither. */
export type DelaySignal = 'overuse' | 'underuse' | 'normal';

/** Packets sent within this time are one group: a frame, which a sender gives away at once (draft-ietf-rmcat-gcc-02 §5.2). */
const groupMs = 5;
/**
 * For so long packets that arrive as closely, and faster than they were sent, are one group whenever they were sent: they waited to be taken all at once, by a radio or by a receiver that was busy. For
 * longer, and they come out of a queue that empties.
 */
const longestBurstMs = 100;
/** As long as a full packet takes on a line of 20 Mbit/s: what arrives so closely was not waiting for the line. */
const atOnceMs = 0.5;
/** Groups through whose delays the line is laid. */
const windowSize = 20;
const smoothing = 0.9;
/** What makes of a slope a value to compare with the threshold: slopes grow in weight with the groups seen, up to 60. */
const gain = 4;
const mostGroups = 60;
/** The threshold and how fast it follows the signal up and down (draft-ietf-rmcat-gcc-02 §5.4). */
const firstThreshold = 12.5;
const thresholdUp = 0.0087;
const thresholdDown = 0.039;
const leastThreshold = 6;
const mostThreshold = 600;
/** A signal that far above the threshold is a jump of the route's delay and does not move it. */
const jump = 15;
/** Overuse has to last. */
const leastOveruseMs = 10;

/**
 * Whether packets queue up on the way, from the times they were sent and arrived (draft-ietf-rmcat-gcc-02 §5.1 to §5.4).
 *
 * Deviation: a line through the smoothed delays of the last groups in place of the Kalman filter, as browsers do it; it needs no model of the noise.
 */
export class DelayTrend {
  signal: DelaySignal = 'normal';
  private groupSentAt = -1;
  private groupLastSentAt = 0;
  /** When those of the group that arrive closely began to. */
  private burstFrom = 0;
  private groupArrivedAt = 0;
  private previousSentAt = -1;
  private previousArrivedAt = 0;
  private firstArrivedAt = 0;
  private groups = 0;
  private accumulated = 0;
  private smoothed = 0;
  private readonly times = new Float64Array(windowSize);
  private readonly delays = new Float64Array(windowSize);
  private threshold = firstThreshold;
  private overuseMs = 0;
  private overuseCount = 0;
  private previousTrend = 0;
  private updatedAt = -1;

  /** Takes one packet that arrived; packets in the order they were sent, times in milliseconds, each of its own clock. */
  note(sentAt: number, arrivedAt: number): void {
    if (this.groupSentAt < 0) return this.begin(sentAt, arrivedAt);
    if (sentAt < this.groupSentAt) return;
    const sentMs = sentAt - this.groupLastSentAt;
    const arrivedMs = arrivedAt - this.groupArrivedAt;
    const isBurst = arrivedMs <= groupMs && (arrivedMs < sentMs || arrivedMs <= atOnceMs) && arrivedAt - this.burstFrom < longestBurstMs;
    if (sentAt - this.groupSentAt <= groupMs || isBurst) {
      if (!isBurst) this.burstFrom = arrivedAt;
      this.groupLastSentAt = Math.max(this.groupLastSentAt, sentAt);
      this.groupArrivedAt = Math.max(this.groupArrivedAt, arrivedAt);
      return;
    }
    if (this.previousSentAt >= 0) this.compare(this.groupLastSentAt - this.previousSentAt, this.groupArrivedAt - this.previousArrivedAt);
    this.previousSentAt = this.groupLastSentAt;
    this.previousArrivedAt = this.groupArrivedAt;
    this.begin(sentAt, arrivedAt);
  }

  /** Forgets what was seen: after a pause, or on another path. The threshold stays. */
  reset(): void {
    this.groupSentAt = -1;
    this.previousSentAt = -1;
    this.groups = 0;
    this.accumulated = 0;
    this.smoothed = 0;
    this.overuseMs = 0;
    this.overuseCount = 0;
    this.previousTrend = 0;
    this.signal = 'normal';
  }

  private begin(sentAt: number, arrivedAt: number): void {
    this.groupSentAt = sentAt;
    this.groupLastSentAt = sentAt;
    this.burstFrom = arrivedAt;
    this.groupArrivedAt = arrivedAt;
  }

  private compare(sentDelta: number, arrivedDelta: number): void {
    if (this.groups === 0) this.firstArrivedAt = this.groupArrivedAt;
    this.accumulated += arrivedDelta - sentDelta;
    this.smoothed = smoothing * this.smoothed + (1 - smoothing) * this.accumulated;
    const place = this.groups % windowSize;
    this.times[place] = this.groupArrivedAt - this.firstArrivedAt;
    this.delays[place] = this.smoothed;
    this.groups += 1;
    const trend = this.groups < windowSize ? 0 : slope(this.times, this.delays);
    this.detect(trend, sentDelta);
  }

  private detect(trend: number, sentDelta: number): void {
    const value = Math.min(this.groups, mostGroups) * trend * gain;
    if (value > this.threshold) {
      this.overuseMs += this.overuseCount === 0 ? sentDelta / 2 : sentDelta;
      this.overuseCount += 1;
      if (this.overuseMs > leastOveruseMs && this.overuseCount > 1 && trend >= this.previousTrend) {
        this.overuseMs = 0;
        this.overuseCount = 0;
        this.signal = 'overuse';
      }
    } else {
      this.overuseMs = 0;
      this.overuseCount = 0;
      this.signal = value < -this.threshold ? 'underuse' : 'normal';
    }
    this.previousTrend = trend;
    this.adapt(value);
  }

  /** A threshold that follows the signal: one that is fixed starves beside TCP, or sees overuse in every jitter. */
  private adapt(value: number): void {
    const elapsed = this.updatedAt < 0 ? 0 : Math.min(100, this.groupArrivedAt - this.updatedAt);
    this.updatedAt = this.groupArrivedAt;
    const size = Math.abs(value);
    if (size > this.threshold + jump) return;
    const rate = size < this.threshold ? thresholdDown : thresholdUp;
    this.threshold = Math.max(leastThreshold, Math.min(mostThreshold, this.threshold + rate * (size - this.threshold) * elapsed));
  }
}

/** Slope of the line of least squares; 0 where all points have one time. */
function slope(times: Float64Array, values: Float64Array): number {
  let meanTime = 0;
  let meanValue = 0;
  for (let index = 0; index < times.length; index += 1) {
    meanTime += (times[index] ?? 0) / times.length;
    meanValue += (values[index] ?? 0) / times.length;
  }
  let numerator = 0;
  let denominator = 0;
  for (let index = 0; index < times.length; index += 1) {
    const distance = (times[index] ?? 0) - meanTime;
    numerator += distance * ((values[index] ?? 0) - meanValue);
    denominator += distance * distance;
  }
  return denominator === 0 ? 0 : numerator / denominator;
}
