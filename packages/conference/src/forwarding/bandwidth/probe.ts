import type { Instant } from '@dialplane/sansio';
import { PacketTrain } from './packet-train.ts';

const leastPackets = 5;
const durationMs = 40;
/** Feedback about its last packets is waited for so long. */
const patienceMs = 1000;
/** So much of it has to be known, and to have arrived where there was room. */
const mostPart = 0.8;

/** What a probe has shown. */
export interface ProbeResult {
  /** What arrived while it lasted. */
  readonly rateBps: number;
  /** Whether less arrived than was sent, so that the line takes no more than that. */
  readonly isFull: boolean;
}

/**
 * A short time in which more is sent than the estimate, to find out whether the line takes it: media that is there anyway, and padding for the rest. How fast it
 * arrives is the answer.
 */
export class Probe {
  readonly targetBps: number;
  private readonly startedAt: Instant;
  private firstNumber = -1;
  private sentPackets = 0;
  private sentBytes = 0;
  private sendingEndedAt: Instant | undefined;
  private lostPackets = 0;
  private readonly received = new PacketTrain();

  constructor(targetBps: number, now: Instant) {
    this.targetBps = targetBps;
    this.startedAt = now;
  }

  /** Bytes of padding to send now, so that the target is kept; 0 when it is, and after the end. */
  bytesDue(now: Instant): number {
    if (this.sendingEndedAt !== undefined) return 0;
    return Math.max(0, Math.round((this.targetBps / 8000) * (now - this.startedAt + 1)) - this.sentBytes);
  }

  /** Notes a packet that is sent while the probe lasts. */
  noteSent(number: number, bytes: number, now: Instant): void {
    if (this.sendingEndedAt !== undefined) return;
    if (this.sentPackets === 0) this.firstNumber = number;
    this.sentPackets += 1;
    this.sentBytes += bytes;
    if (this.sentPackets >= leastPackets && now - this.startedAt >= durationMs) this.sendingEndedAt = now;
  }

  /** Notes that a packet is said to be lost; those that are not of the probe are ignored. */
  noteLost(number: number): void {
    if (this.holds(number)) this.lostPackets += 1;
  }

  /** Notes that a packet arrived; those that are not of the probe are ignored. In the order of their numbers. */
  noteArrived(number: number, bytes: number, sentAt: number, arrivedAt: number): void {
    if (this.holds(number)) this.received.note(bytes, sentAt, arrivedAt);
  }

  /** Whether everything is known that will be. */
  isOver(now: Instant): boolean {
    const { sendingEndedAt } = this;
    if (sendingEndedAt === undefined) return now - this.startedAt > patienceMs;
    return this.received.packets + this.lostPackets >= this.sentPackets || now - sendingEndedAt > patienceMs;
  }

  /** What it has shown, or `undefined` where too little is known to tell. Where much of it was lost, there was no room for that. */
  result(): ProbeResult | undefined {
    const { packets, sentMs, arrivedMs, sentBps, arrivedBps, isSlowed } = this.received;
    const isKnown = packets + this.lostPackets >= this.sentPackets * mostPart;
    if (packets < leastPackets || !isKnown || sentMs <= 0 || arrivedMs <= 0) return undefined;
    if (arrivedBps > 2 * sentBps) return undefined;
    const isFull = isSlowed || packets < mostPart * this.sentPackets;
    return { isFull, rateBps: isFull ? 0.95 * arrivedBps : Math.min(sentBps, arrivedBps) };
  }

  private holds(number: number): boolean {
    return this.sentPackets > 0 && ((number - this.firstNumber) & 0xffff) < this.sentPackets;
  }
}
