import { notReceived, type TransportWideFeedback } from '@dialplane/rtp';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { BitrateMeter } from './bitrate-meter.ts';
import { DelayTrend } from './delay-trend.ts';
import { LossLimit } from './loss-limit.ts';
import { Opening } from './opening.ts';
import { Probe } from './probe.ts';
import { RateControl } from './rate-control.ts';
import { SentPackets } from './sent-packets.ts';

/** What a line is thought to take before anything is known of it: the first probes treble and double that within a second where the line takes it. */
export const usualStartBps = 300_000;
/** Milliseconds of one unit of a feedback's reference time, which counts modulo 2^24. */
const referenceMs = 64;
const leastBps = 30_000;
const mostBps = 20_000_000;
/** Where nothing is said for that long of what was sent, the line is thought to take half, and half again. */
const silenceMs = 1500;
/** A pause in what arrives after which delays are compared anew. */
const pauseMs = 2000;
/** A line that takes so much of the guess is left to the first probe, which tells exactly. */
const guessedPart = 0.75;
const leastProbeBps = 120_000;
const probeIntervalMs = 4000;
const mostProbeIntervalMs = 15_000;
/** After congestion the line is left alone. */
const calmMs = 2000;

export interface BandwidthEstimatorOptions {
  /** What the line is thought to take before it has shown anything; default {@link usualStartBps}. */
  readonly startBps?: number | undefined;
}

/**
 * What the line to one client takes, from the arrival times that it reports (transport-wide congestion control): delay and loss by draft-ietf-rmcat-gcc-02, and probes
 * where more is wanted than is known to fit.
 *
 * ```ts
 * const number = estimator.noteSent(bytes, now); // for each packet; goes into its header
 * estimator.handleFeedback(feedback, now);
 * estimator.update(now); // five times a second, also without feedback
 * if (estimator.isProbing) sendPadding(estimator.probeBytesDue(now)); // every few milliseconds
 * allocate(estimator.estimateBps);
 * ```
 */
export class BandwidthEstimator {
  private readonly sent = new SentPackets();
  private readonly trend = new DelayTrend();
  /** By the clock of the receiver. */
  private readonly arrivals = new BitrateMeter(500);
  private readonly control: RateControl;
  private readonly loss: LossLimit;
  private wantedBps = 0;
  private maximumBps = mostBps;
  private roundTrip = 100;
  /** When the first packet was sent since the last feedback; undefined where none was. */
  private unansweredSince: Instant | undefined;
  private feedbackAt: Instant | undefined;
  private congestedAt: Instant | undefined;
  /** Arrival time of the newest reference, unwrapped, in milliseconds of the receiver's clock. */
  private referenceAt = 0;
  private lastReference: number | undefined;
  private arrivedAt = 0;
  private probe: Probe | undefined;
  private probeAt: Instant | undefined;
  private probeInterval = probeIntervalMs;
  /** There while the estimate is a guess. */
  private opening: Opening | undefined = new Opening();

  constructor(options: BandwidthEstimatorOptions = {}) {
    this.control = new RateControl(options.startBps ?? usualStartBps);
    this.loss = new LossLimit(mostBps);
  }

  /** What the line takes, in bits per second of packets as {@link noteSent} counts them. */
  get estimateBps(): number {
    return Math.max(leastBps, Math.min(this.control.rateBps, this.loss.rateBps, this.maximumBps, mostBps));
  }

  /** Part of the packets that was lost lately, 0..1. */
  lossFraction(now: Instant): number {
    return this.loss.lossFraction(now);
  }

  /** From a packet's sending to the feedback about it, at the least, lately. */
  get roundTripMs(): number {
    return this.roundTrip;
  }

  /** What could be used if the line took it; probing goes no further. */
  setWanted(wantedBps: number): void {
    this.wantedBps = Math.min(mostBps, wantedBps);
  }

  /** The transport sequence number that the next packet has to carry. */
  get nextNumber(): number {
    return this.sent.next;
  }

  /** Notes a packet of `bytes` on the wire; returns the transport sequence number that it has to carry. */
  noteSent(bytes: number, now: Instant): number {
    const number = this.sent.note(bytes, now);
    this.unansweredSince ??= now;
    this.probe?.noteSent(number, bytes, now);
    return number;
  }

  /** Notes packets that were sent at once, the first by {@link nextNumber}: the first `count` of `sizes`, in bytes on the wire. */
  noteSentTogether(sizes: Int32Array, count: number, now: Instant): void {
    for (let index = 0; index < count; index += 1) {
      const bytes = sizes[index] ?? 0;
      const number = this.sent.note(bytes, now);
      this.probe?.noteSent(number, bytes, now);
    }
    if (count > 0) this.unansweredSince ??= now;
  }

  /** The most that the client wants to get (REMB): a limit beside transport-wide feedback, and the estimate of a client that gives no other. */
  handleMaximumBitrate(bitrateBps: number): void {
    this.maximumBps = Math.max(leastBps, bitrateBps);
    if (this.feedbackAt === undefined) this.control.rateBps = this.maximumBps;
  }

  /** Takes a feedback of the client. @param arrivedAt where it is taken later than it came. */
  handleFeedback(feedback: TransportWideFeedback, now: Instant, arrivedAt = now): void {
    this.followReference(feedback.referenceTime);
    let received = 0;
    let lost = 0;
    let newestSentAt = -1;
    for (let index = 0; index < feedback.arrivals.length; index += 1) {
      const number = (feedback.baseSequenceNumber + index) & 0xffff;
      const arrival = feedback.arrivals[index] ?? notReceived;
      if (arrival === notReceived) {
        lost += 1;
        this.probe?.noteLost(number);
        continue;
      }
      const bytes = this.sent.take(number);
      if (bytes === 0) continue;
      received += 1;
      newestSentAt = Math.max(newestSentAt, this.sent.sentAtOf(number));
      this.noteArrival(number, bytes, this.sent.sentAtOf(number), this.referenceAt + arrival / 4);
    }
    if (newestSentAt >= 0) this.noteRoundTrip(arrivedAt - newestSentAt);
    this.feedbackAt = now;
    this.unansweredSince = undefined;
    this.loss.note(received, lost, this.estimateBps, now);
    if (this.trend.signal === 'overuse') this.congestedAt = now;
    this.control.handle(this.trend.signal, this.arrivals.bitsPerSecond(this.arrivedAt), this.roundTrip, now);
    this.settleOpening(now);
    this.settleProbe(now);
  }

  /** Notices that feedback stays away, and begins probes. */
  update(now: Instant): void {
    this.noticeSilence(now);
    this.settleProbe(now);
    if (this.probe !== undefined || this.feedbackAt === undefined || this.wantedBps <= this.estimateBps) return;
    const isCalm = this.congestedAt === undefined || now - this.congestedAt > calmMs;
    if (!isCalm || this.loss.lossFraction(now) > 0.1 || (this.probeAt !== undefined && now < this.probeAt)) return;
    this.startProbe(now);
  }

  get isProbing(): boolean {
    return this.probe !== undefined;
  }

  /** How many bytes of padding to send now for the probe that is going on. */
  probeBytesDue(now: Instant): number {
    return this.probe?.bytesDue(now) ?? 0;
  }

  private startProbe(now: Instant): void {
    const factor = this.probeAt === undefined ? 3 : 2;
    this.probe = new Probe(Math.min(Math.max(leastProbeBps, factor * this.estimateBps), 1.2 * this.wantedBps), now);
    this.probeAt = addMilliseconds(now, this.probeInterval);
  }

  /** A probe that showed room is followed by a higher one at once; one that filled the line, by none for a while, longer each time. */
  private settleProbe(now: Instant): void {
    const { probe } = this;
    if (probe === undefined || !probe.isOver(now)) return;
    this.probe = undefined;
    const result = probe.result();
    const before = this.estimateBps;
    if (result !== undefined) this.takeRoom(result.rateBps, now);
    // The first estimate is a guess: a narrow line is known by the first probe, seconds before its queue tells.
    if (result?.isFull === true && this.opening !== undefined) this.control.rateBps = Math.min(this.control.rateBps, Math.max(leastBps, result.rateBps));
    if (result !== undefined) this.opening = undefined;
    const isFull = result === undefined || result.isFull;
    if (!isFull) this.probeInterval = probeIntervalMs;
    this.probeAt = !isFull && this.estimateBps > 1.1 * before ? now : addMilliseconds(now, this.probeInterval);
    if (isFull) this.probeInterval = Math.min(mostProbeIntervalMs, this.probeInterval * 2);
  }

  /** A line that takes less than the guess shows that before the first probe, which it is spared, or in its midst. */
  private settleOpening(now: Instant): void {
    const fullBps = this.opening?.fullBps();
    if (fullBps === undefined || fullBps > guessedPart * this.estimateBps) return;
    this.opening = undefined;
    this.probe = undefined;
    this.control.lower(fullBps, now);
    this.congestedAt = now;
    this.probeAt = addMilliseconds(now, calmMs);
  }

  private takeRoom(rateBps: number, now: Instant): void {
    this.control.raise(rateBps, now);
    this.loss.rateBps = Math.max(this.loss.rateBps, rateBps);
  }

  private noteArrival(number: number, bytes: number, sentAt: number, arrivedAt: number): void {
    if (arrivedAt - this.arrivedAt > pauseMs) this.trend.reset();
    this.arrivedAt = arrivedAt;
    this.arrivals.note(bytes, arrivedAt);
    this.trend.note(sentAt, arrivedAt);
    this.probe?.noteArrived(number, bytes, sentAt, arrivedAt);
    this.opening?.noteArrived(bytes, sentAt, arrivedAt);
  }

  private followReference(referenceTime: number): void {
    const step = this.lastReference === undefined ? 0 : ((referenceTime - this.lastReference) << 8) >> 8;
    // Begins far from 0, so that a packet reported late is never before the origin.
    this.referenceAt = this.lastReference === undefined ? 2 ** 32 : this.referenceAt + step * referenceMs;
    this.lastReference = referenceTime;
  }

  private noteRoundTrip(sample: number): void {
    this.roundTrip = sample < this.roundTrip ? sample : this.roundTrip + (sample - this.roundTrip) / 16;
  }

  /** A sender that pauses hears nothing, either: only what was sent can be answered. */
  private noticeSilence(now: Instant): void {
    const since = this.unansweredSince;
    if (this.feedbackAt === undefined || since === undefined || now - since < silenceMs) return;
    this.control.rateBps = Math.max(leastBps, this.estimateBps / 2);
    this.trend.reset();
    this.unansweredSince = now;
    this.congestedAt = now;
  }
}
