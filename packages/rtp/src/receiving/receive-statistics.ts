import type { Instant } from '@dialplane/sansio';
import type { ReportBlock } from '../rtcp/rtcp-packet.ts';
import { timestampDistance } from '../serial-numbers.ts';

/** Packets that may be missing before a jump is a restart, and how far a packet may come late (RFC 3550 A.1). */
const mostDropped = 3000;
const mostMisordered = 100;
const sequenceModulus = 0x10000;

/**
 * What has been received of one stream: extended sequence numbers, loss and jitter (RFC 3550 A.1, A.3, A.8), and the report block that says so.
 *
 * Deviation: no probation. Packets are counted after SRTP authenticated them, so the first one already proves its source.
 */
export class ReceiveStatistics {
  /** Packets that counted, repeated ones among them (RFC 3550 A.1). */
  received = 0;
  bytes = 0;
  private readonly clockRate: number;
  private isStarted = false;
  private base = 0;
  private highest = 0;
  private cycles = 0;
  /** The number that would prove a restart, -1 when no jump was seen. */
  private restartAt = -1;
  private expectedBefore = 0;
  private receivedBefore = 0;
  private transit = 0;
  private jitterUnits = 0;
  private lastSenderReport = 0;
  private senderReportAt: Instant | undefined;

  /** @param clockRate Of the stream's timestamps, in Hz. */
  constructor(clockRate: number) {
    this.clockRate = clockRate;
  }

  /** Counts a packet of `length` bytes. False where its number is so far off that it does not count, until the next one confirms it (RFC 3550 A.1). */
  note(sequenceNumber: number, timestamp: number, length: number, now: Instant): boolean {
    if (!this.isStarted) this.restart(sequenceNumber);
    const ahead = (sequenceNumber - this.highest) & 0xffff;
    if (ahead < mostDropped) {
      if (sequenceNumber < this.highest) this.cycles += sequenceModulus;
      this.highest = sequenceNumber;
    } else if (ahead <= sequenceModulus - mostMisordered) {
      if (sequenceNumber !== this.restartAt) {
        this.restartAt = (sequenceNumber + 1) & 0xffff;
        return false;
      }
      this.restart(sequenceNumber);
    }
    this.noteTransit(timestamp, now);
    this.received += 1;
    this.bytes += length;
    return true;
  }

  /** Notes the NTP time of a sender report, for round trip times (RFC 3550 §6.4.1). Both halves unsigned. */
  noteSenderReport(ntpSeconds: number, ntpFraction: number, now: Instant): void {
    this.lastSenderReport = ((ntpSeconds << 16) | (ntpFraction >>> 16)) >>> 0;
    this.senderReportAt = now;
  }

  /** Interarrival jitter in milliseconds. */
  get jitterMs(): number {
    return (this.jitterUnits * 1000) / this.clockRate;
  }

  get extendedHighestSequenceNumber(): number {
    return this.cycles + this.highest;
  }

  /** Packets that should have come and did not, so far; negative where packets came twice. */
  get lost(): number {
    return this.isStarted ? this.expected() - this.received : 0;
  }

  /** The report block about the time since the last one (RFC 3550 §6.4.1, A.3). */
  report(ssrc: number, now: Instant): ReportBlock {
    const expected = this.expected();
    const expectedInterval = expected - this.expectedBefore;
    const lostInterval = expectedInterval - (this.received - this.receivedBefore);
    this.expectedBefore = expected;
    this.receivedBefore = this.received;
    return {
      ssrc,
      fractionLost: expectedInterval <= 0 || lostInterval <= 0 ? 0 : Math.min(255, Math.floor((lostInterval * 256) / expectedInterval)),
      cumulativeLost: Math.max(-0x800000, Math.min(0x7fffff, this.lost)),
      extendedHighestSequenceNumber: this.extendedHighestSequenceNumber % 2 ** 32,
      jitter: Math.floor(this.jitterUnits) >>> 0,
      lastSenderReport: this.lastSenderReport,
      delaySinceLastSenderReport: this.senderReportAt === undefined ? 0 : Math.floor((now - this.senderReportAt) * 65.536) >>> 0,
    };
  }

  private expected(): number {
    return this.isStarted ? this.extendedHighestSequenceNumber - this.base + 1 : 0;
  }

  private restart(sequenceNumber: number): void {
    this.isStarted = true;
    this.base = sequenceNumber;
    this.highest = sequenceNumber;
    this.cycles = 0;
    this.restartAt = -1;
    this.received = 0;
    this.expectedBefore = 0;
    this.receivedBefore = 0;
  }

  /** RFC 3550 A.8, in units of the clock. A jump of the timestamps of more than ten seconds is a new beginning and no jitter. */
  private noteTransit(timestamp: number, now: Instant): void {
    const transit = (Math.floor((now * this.clockRate) / 1000) - timestamp) | 0;
    const difference = Math.abs(timestampDistance(transit, this.transit));
    this.transit = transit;
    if (this.received > 0 && difference < 10 * this.clockRate) this.jitterUnits += (difference - this.jitterUnits) / 16;
  }
}
