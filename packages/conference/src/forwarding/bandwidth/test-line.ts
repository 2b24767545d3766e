import assert from 'node:assert/strict';
import { ArrivalRecorder, parseRtcp, RtcpWriter } from '@dialplane/rtp';
import { instant, type Randomness, seededRandomness } from '@dialplane/sansio';
import { BandwidthEstimator, type BandwidthEstimatorOptions } from './bandwidth-estimator.ts';

export interface LineOptions {
  readonly rateBps: number;
  /** One way. */
  readonly delayMs: number;
  /** Packets that would wait longer are dropped. */
  readonly queueMs: number;
  /** Part of the packets that is lost whatever the queue. */
  readonly loss: number;
  /** Each packet waits up to that long more, without overtaking. */
  readonly jitterMs: number;
}

/** What a stretch of virtual time showed. */
export interface LineReport {
  readonly estimateBps: number;
  readonly leastEstimateBps: number;
  /** Mean and 95th percentile of the time packets waited in the queue. */
  readonly queueMs: number;
  readonly queueMs95: number;
  readonly arrivedBps: number;
  readonly lossFraction: number;
}

interface Arrival {
  readonly at: number;
  readonly number: number;
  readonly bytes: number;
}

const packetBytes = 1200;
const paddingPacketBytes = 300;
const feedbackIntervalMs = 50;

/**
 * A line with a queue in virtual time, an estimator that sends frames over it at the rate `choose` makes of its estimate, and a receiver that gives real feedback.
 * Reproducible by its seed.
 */
export class TestLine {
  readonly estimator: BandwidthEstimator;
  line: LineOptions;
  now = 10_000;
  /** Bytes of padding that probes cost. */
  paddingBytes = 0;
  private readonly recorder = new ArrivalRecorder();
  private readonly randomness: Randomness;
  private readonly writer = new RtcpWriter();
  private readonly buffer = new Uint8Array(1500);
  private readonly onTheWay: Arrival[] = [];
  private readonly feedbackOnTheWay: Array<{ readonly at: number; readonly bytes: Uint8Array }> = [];
  private freeAt = 0;
  private stalledUntil = 0;
  private lastArrivalAt = 0;
  private owedBytes = 0;
  private waits: number[] = [];
  private dropped = 0;
  private arrivedBytes = 0;

  constructor(line: LineOptions, seed = 1, options: BandwidthEstimatorOptions = {}) {
    this.line = line;
    this.estimator = new BandwidthEstimator(options);
    this.randomness = seededRandomness(seed);
  }

  /** The receiver, which is busy, takes nothing for so long, and then everything at once. */
  stall(milliseconds: number): void {
    this.stalledUntil = this.now + milliseconds;
  }

  /** Lets time pass; `choose` gives the bits per second to send of the estimate. */
  pass(milliseconds: number, choose: (estimateBps: number) => number): LineReport {
    this.waits = [];
    this.dropped = 0;
    this.arrivedBytes = 0;
    let leastEstimateBps = Infinity;
    for (const end = this.now + milliseconds; this.now < end; this.now += 1) {
      this.deliver();
      if (this.now % 33 === 0) this.owedBytes += (choose(this.estimator.estimateBps) * 0.033) / 8;
      for (; this.owedBytes >= packetBytes; this.owedBytes -= packetBytes) this.send(packetBytes);
      if (this.now % 20 === 0) this.send(100);
      if (this.now % 5 === 0 && this.estimator.isProbing) this.sendPadding();
      if (this.now % feedbackIntervalMs === 0) this.giveFeedback();
      if (this.now % 200 === 0) this.estimator.update(instant(this.now));
      leastEstimateBps = Math.min(leastEstimateBps, this.estimator.estimateBps);
    }
    const sorted = [...this.waits].sort((a, b) => a - b);
    return {
      estimateBps: Math.round(this.estimator.estimateBps),
      leastEstimateBps: Math.round(leastEstimateBps),
      queueMs: Math.round(sorted.reduce((sum, wait) => sum + wait, 0) / Math.max(1, sorted.length)),
      queueMs95: Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? 0),
      arrivedBps: Math.round((this.arrivedBytes * 8000) / milliseconds),
      lossFraction: this.dropped / Math.max(1, this.dropped + sorted.length),
    };
  }

  /** Lets time pass in which nothing is sent; what is under way arrives. */
  pause(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now < end; this.now += 1) {
      this.deliver();
      if (this.now % feedbackIntervalMs === 0) this.giveFeedback();
      if (this.now % 200 === 0) this.estimator.update(instant(this.now));
    }
  }

  private sendPadding(): void {
    for (let due = this.estimator.probeBytesDue(instant(this.now)); due > 0; due -= paddingPacketBytes) {
      this.paddingBytes += Math.min(due, paddingPacketBytes);
      this.send(Math.min(due, paddingPacketBytes));
    }
  }

  private send(bytes: number): void {
    const number = this.estimator.noteSent(bytes, instant(this.now));
    const startsAt = Math.max(this.now, this.freeAt);
    if (startsAt - this.now > this.line.queueMs || this.chance() < this.line.loss) {
      this.dropped += 1;
      return;
    }
    this.waits.push(startsAt - this.now);
    this.freeAt = startsAt + (bytes * 8000) / this.line.rateBps;
    this.lastArrivalAt = Math.max(this.lastArrivalAt, this.freeAt + this.line.delayMs + this.chance() * this.line.jitterMs);
    this.onTheWay.push({ at: this.lastArrivalAt, number, bytes });
  }

  private deliver(): void {
    for (let next = this.onTheWay[0]; next !== undefined && next.at <= this.now && this.stalledUntil <= this.now; next = this.onTheWay[0]) {
      this.onTheWay.shift();
      this.arrivedBytes += next.bytes;
      this.recorder.note(next.number, instant(Math.max(next.at, this.stalledUntil)));
    }
    for (let next = this.feedbackOnTheWay[0]; next !== undefined && next.at <= this.now; next = this.feedbackOnTheWay[0]) {
      this.feedbackOnTheWay.shift();
      const parsed = parseRtcp(next.bytes);
      assert.ok(parsed.ok);
      for (const packet of parsed.packets) if (packet.kind === 'transportWideFeedback') this.estimator.handleFeedback(packet, instant(this.now));
    }
  }

  private giveFeedback(): void {
    while (this.recorder.hasUnreported) {
      this.writer.begin(this.buffer, 0).transportWideFeedback(1, 2, (bytes, at) => this.recorder.writeFeedback(bytes, at));
      this.feedbackOnTheWay.push({ at: this.now + this.line.delayMs, bytes: this.buffer.slice(0, this.writer.length) });
    }
  }

  private chance(): number {
    return this.randomness.nextUint32() / 2 ** 32;
  }
}
