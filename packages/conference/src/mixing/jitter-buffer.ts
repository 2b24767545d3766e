import { sequenceDistance, timestampDistance } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import { DelayEstimate } from './delay-estimate.ts';
import { type BufferedPacket, PacketPlaces } from './packet-places.ts';
import { RedundancyWait } from './redundancy-wait.ts';

/** What is to be heard next. */
export const jitterStep = {
  /** Nothing: nobody speaks, or what came is not due yet. */
  nothing: 0,
  /** The packet in `payload`, whose place is the caller's again. */
  packet: 1,
  /** What the packet in `payload` says of the lost one before it; the packet itself stays. */
  redundancy: 2,
  /** A guess. */
  concealment: 3,
} as const;

export type JitterStep = (typeof jitterStep)[keyof typeof jitterStep];

export interface JitterBufferOptions {
  /** Of timestamps, in Hz. */
  readonly clockRate: number;
  /** Whether packets may repeat the one before them (in-band FEC of Opus, RED). */
  readonly hasRedundancy: boolean;
  /** Gets back the place of a packet that will not be played. */
  readonly release: (payload: number) => void;
}

/** RFC 6464: from here on a listener hears time pass or vanish least, and from there on not at all. */
const quietLevel = 45;
const silentLevel = 60;
/** A sequence number so far back is no late packet (RFC 3550 A.1). */
const mostMisordered = 100;
const frameMs = 20;
/** A delay that is longer than it should be by less is left alone. */
const toleranceMs = 5;
/** By more, it is shortened while somebody speaks, too. */
const mostExcessMs = 60;
/** Guesses after which the voice has faded: silence. */
const mostConcealedMs = 100;
/** What is waited for the packet after a lost one: its frame, and what a packet may be handed over later than it arrived. Less, and it is never here at some places of the ticks. */
const redundancyWaitMs = frameMs + toleranceMs;

/**
 * The packets of one stream between their arrival and their playing. It waits as long as the stream's own jitter asks for ({@link DelayEstimate}); what is
 * missing when it is due is taken from the packet after it or made up; delay is won back and lent in frames that are quiet.
 *
 * ```
 *   idle ── packet ──▶ waiting ── due ──▶ playing ── nothing comes for 100 ms ──▶ idle
 *                         ▲─── pause of the sender (DTX) ──┘
 * ```
 * Sequence numbers say what was lost, timestamps say what was never sent (RFC 3550 §5.1).
 */
export class JitterBuffer {
  /** Of the last step: where its packet is, its length in units of the clock, and how loud it is said to be. */
  payload = -1;
  duration = 0;
  level = -1;
  /** How loud the last packet turned out to be, as far as the owner knows; -1 is unknown. Stands in for what the next one does not say: loudness changes slowly. */
  measuredLevel = -1;
  /** Since the beginning. Packets: played, come too late or twice, passed over to win back delay. Steps that were made up: for what was lost, to lend delay. */
  playedPackets = 0;
  latePackets = 0;
  skippedPackets = 0;
  concealedSteps = 0;
  stretchedSteps = 0;

  private readonly options: JitterBufferOptions;
  private readonly delay: DelayEstimate;
  private readonly packets = new PacketPlaces();
  private readonly redundancy: RedundancyWait;
  private readonly unitsPerMs: number;
  private state: 'idle' | 'waiting' | 'playing' = 'idle';
  /** What is played next. While waiting: the oldest that is here. */
  private nextSequence = 0;
  private nextTimestamp = 0;
  private lastDuration: number;
  /** Guesses for what has not come yet: time that has passed without the position moving. */
  private borrowedMs = 0;
  /** A packet that fits to none before it; one more like it, and they are a new beginning. */
  private strangeSequence = -1;
  private strangeTimestamp = 0;

  constructor(options: JitterBufferOptions) {
    this.options = options;
    this.unitsPerMs = options.clockRate / 1000;
    this.lastDuration = frameMs * this.unitsPerMs;
    this.delay = new DelayEstimate(options.clockRate);
    this.redundancy = new RedundancyWait(options.hasRedundancy ? redundancyWaitMs : 0);
  }

  /** How long sound waits at present for what may be late, in milliseconds. */
  get targetMs(): number {
    return this.delay.targetMs + this.redundancy.presentMs;
  }

  /** Packets that are here. */
  get length(): number {
    return this.packets.count;
  }

  /** @returns Whether it was kept; if not, its place is the caller's still. */
  insert(packet: BufferedPacket, arrivedAt: Instant): boolean {
    if (!this.isOfThisStream(packet, arrivedAt)) return false;
    const ahead = sequenceDistance(packet.sequenceNumber, this.nextSequence);
    if (this.state !== 'idle' && ahead < 0 && !this.canGoBack(ahead)) {
      this.latePackets += 1;
      return false;
    }
    if (this.state === 'idle') this.begin(packet);
    else if (ahead < 0) this.nextSequence = packet.sequenceNumber;
    else if (ahead >= PacketPlaces.capacity) this.restart(packet);
    const place = this.packets.placeOf(packet.sequenceNumber);
    if (this.packets.isFilled(place)) {
      this.latePackets += 1;
      return false;
    }
    this.packets.put(place, packet, false);
    return true;
  }

  /**
   * Takes what a later packet says of this one once more (RFC 2198): it fills a place that is empty and not passed, and says nothing of how late packets are.
   * @returns Whether it was kept; if not, its place is the caller's still.
   */
  insertRepeated(packet: BufferedPacket): boolean {
    const ahead = sequenceDistance(packet.sequenceNumber, this.nextSequence);
    const place = this.packets.placeOf(packet.sequenceNumber);
    if (this.state === 'idle' || ahead < 0 || ahead >= PacketPlaces.capacity || this.packets.isFilled(place)) return false;
    this.packets.put(place, packet, true);
    return true;
  }

  /** Decides what is heard at `playAt` for the next `duration`; fills in `payload`, `duration` and `level`. */
  take(playAt: Instant): JitterStep {
    if (this.state === 'idle') return jitterStep.nothing;
    if (this.packets.count === 0) return this.state === 'playing' ? this.borrow() : jitterStep.nothing;
    if (this.state === 'waiting' && !this.becomesDue(playAt)) return jitterStep.nothing;
    const place = this.packets.placeOf(this.nextSequence);
    return this.packets.isFilled(place) ? this.takeNext(place, playAt) : this.replaceLost(playAt);
  }

  /** Drops everything; the next packet is a new beginning. */
  clear(): void {
    this.dropAll();
    this.state = 'idle';
    this.strangeSequence = -1;
    this.measuredLevel = -1;
    this.borrowedMs = 0;
    this.redundancy.reset();
    this.delay.reset();
  }

  /** Where timestamps or sequence numbers jump and arrival does not, the sender has begun anew, or lies: two packets in a row are believed (RFC 3550 A.1). */
  private isOfThisStream(packet: BufferedPacket, arrivedAt: Instant): boolean {
    const isNear = this.state === 'idle' || sequenceDistance(packet.sequenceNumber, this.nextSequence) > -mostMisordered;
    if (isNear && this.delay.observe(packet.timestamp, arrivedAt)) {
      this.strangeSequence = -1;
      return true;
    }
    const isConfirmed = packet.sequenceNumber === this.strangeSequence && Math.abs(timestampDistance(packet.timestamp, this.strangeTimestamp)) < this.options.clockRate;
    this.strangeSequence = (packet.sequenceNumber + 1) & 0xffff;
    this.strangeTimestamp = packet.timestamp;
    if (!isConfirmed) return false;
    this.clear();
    return this.delay.observe(packet.timestamp, arrivedAt);
  }

  /** A reordered packet before the first one may still come while that one waits. */
  private canGoBack(ahead: number): boolean {
    return this.state === 'waiting' && ahead > -PacketPlaces.capacity / 2 && !this.packets.isFilled(this.packets.placeOf(this.nextSequence + ahead));
  }

  private begin(packet: BufferedPacket): void {
    this.state = 'waiting';
    this.nextSequence = packet.sequenceNumber;
    this.borrowedMs = 0;
  }

  /** So far ahead that everything before it is old. */
  private restart(packet: BufferedPacket): void {
    this.dropAll();
    this.begin(packet);
  }

  private dropAll(): void {
    for (let place = 0; place < PacketPlaces.capacity; place += 1) if (this.packets.isFilled(place)) this.drop(place);
  }

  private drop(place: number): void {
    this.options.release(this.packets.take(place));
  }

  private delayOf(place: number, playAt: Instant): number {
    return playAt - this.delay.earliestArrival(this.packets.timestampAt(place));
  }

  /** The oldest packet that is here begins to play when it has waited long enough. */
  private becomesDue(playAt: Instant): boolean {
    const place = this.packets.placeOf(this.nextSequence);
    const first = this.packets.isFilled(place) ? place : this.packets.placeAfter(this.nextSequence);
    if (this.delayOf(first, playAt) < this.targetMs) return false;
    this.state = 'playing';
    this.nextSequence = this.packets.sequenceAt(first);
    this.nextTimestamp = this.packets.timestampAt(first);
    this.borrowedMs = 0;
    return true;
  }

  private takeNext(place: number, playAt: Instant): JitterStep {
    const pause = timestampDistance(this.packets.timestampAt(place), this.nextTimestamp);
    if (pause > 0 && this.delayOf(place, playAt) < this.targetMs) {
      this.state = 'waiting';
      return jitterStep.nothing;
    }
    const excessMs = this.delayOf(place, playAt) - this.targetMs - frameMs;
    const level = this.packets.levelAt(place);
    const isQuiet = (level < 0 ? this.measuredLevel : level) >= quietLevel;
    const isPassed = this.borrowedMs > 0 && excessMs > 0;
    if (this.packets.count > 1 && (isPassed || (isQuiet && excessMs > toleranceMs) || excessMs > mostExcessMs)) {
      this.borrowedMs = Math.max(0, this.borrowedMs - this.packets.durationAt(place) / this.unitsPerMs);
      if (this.packets.isRepeatedAt(place)) this.redundancy.noteLoss(1);
      this.advance(place);
      this.drop(place);
      this.skippedPackets += 1;
      return this.take(playAt);
    }
    if (isQuiet && excessMs < -frameMs - toleranceMs) return this.stretch();
    return this.play(place, level);
  }

  private play(place: number, level: number): JitterStep {
    this.advance(place);
    this.redundancy.noteLoss(this.packets.isRepeatedAt(place) ? 1 : 0);
    this.borrowedMs = 0;
    this.playedPackets += 1;
    this.payload = this.packets.take(place);
    this.duration = this.lastDuration;
    this.level = level;
    return jitterStep.packet;
  }

  private advance(place: number): void {
    this.lastDuration = this.packets.durationAt(place);
    this.nextSequence = (this.packets.sequenceAt(place) + 1) & 0xffff;
    this.nextTimestamp = (this.packets.timestampAt(place) + this.lastDuration) | 0;
  }

  /** One or more packets are missing and a later one is here: they are lost. */
  private replaceLost(playAt: Instant): JitterStep {
    const later = this.packets.placeAfter(this.nextSequence);
    const missing = timestampDistance(this.packets.timestampAt(later), this.nextTimestamp);
    const isNext = this.packets.sequenceAt(later) === ((this.nextSequence + 1) & 0xffff);
    if (missing <= 0 || missing > mostConcealedMs * this.unitsPerMs) {
      this.nextSequence = this.packets.sequenceAt(later);
      this.nextTimestamp = this.packets.timestampAt(later);
      this.state = 'waiting';
      return this.take(playAt);
    }
    const excessMs = playAt - this.delay.earliestArrival(this.nextTimestamp) - this.targetMs - frameMs;
    this.passLost();
    if (this.borrowedMs > 0 && excessMs > 0) {
      // It was made up already while nothing had come.
      this.borrowedMs = Math.max(0, this.borrowedMs - this.lastDuration / this.unitsPerMs);
      return this.take(playAt);
    }
    this.borrowedMs = 0;
    this.concealedSteps += 1;
    if (!isNext || !this.options.hasRedundancy) return this.makeUp();
    this.payload = this.packets.payloadAt(later);
    this.duration = this.lastDuration;
    this.level = this.packets.levelAt(later);
    return jitterStep.redundancy;
  }

  private passLost(): void {
    this.redundancy.noteLoss(1);
    this.nextSequence = (this.nextSequence + 1) & 0xffff;
    this.nextTimestamp = (this.nextTimestamp + this.lastDuration) | 0;
  }

  /** Nothing is here: late, lost, or the sender has stopped. Time passes, the position stays. */
  private borrow(): JitterStep {
    if ((this.level < 0 ? this.measuredLevel : this.level) >= silentLevel || this.borrowedMs >= mostConcealedMs) {
      this.state = 'idle';
      return jitterStep.nothing;
    }
    this.borrowedMs += this.lastDuration / this.unitsPerMs;
    this.concealedSteps += 1;
    return this.makeUp();
  }

  /** A frame more, so that what comes may be later. */
  private stretch(): JitterStep {
    this.stretchedSteps += 1;
    return this.makeUp();
  }

  private makeUp(): JitterStep {
    this.payload = -1;
    this.duration = this.lastDuration;
    return jitterStep.concealment;
  }
}
