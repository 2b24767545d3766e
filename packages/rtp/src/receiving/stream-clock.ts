import { timestampDistance } from '../serial-numbers.ts';

/** Seconds from the NTP era to the Unix epoch (RFC 3550 §4). */
const ntpEpochSeconds = 2_208_988_800;

/** An NTP time as milliseconds of the Unix epoch; both halves unsigned. */
export function unixMillisecondsOf(ntpSeconds: number, ntpFraction: number): number {
  return (ntpSeconds - ntpEpochSeconds) * 1000 + (ntpFraction / 2 ** 32) * 1000;
}

/** The NTP time of a time in milliseconds of the Unix epoch, both halves unsigned (RFC 3550 §4). */
export function ntpTimeOf(unixMs: number): { readonly ntpSeconds: number; readonly ntpFraction: number } {
  const seconds = Math.floor(unixMs / 1000);
  return { ntpSeconds: seconds + ntpEpochSeconds, ntpFraction: Math.min(2 ** 32 - 1, Math.floor(((unixMs - seconds * 1000) / 1000) * 2 ** 32)) };
}

/**
 * How the wall clock of one sender runs beside ours: the smallest difference that its sender reports showed, which has the least of the network's delay in it. One for
 * all streams of a leg, so that they stay together; smallest of the last reports, so that drift is followed.
 */
export class SenderClock {
  private readonly differences: number[] = [];
  private difference: number | undefined;

  /** Notes that a report with the sender's time arrived at ours, both in milliseconds of the Unix epoch. */
  note(senderMs: number, ourMs: number): void {
    this.differences.push(ourMs - senderMs);
    if (this.differences.length > 30) this.differences.shift();
    this.difference = Math.min(...this.differences);
  }

  /** Our time of an event that the sender's clock dates `senderMs`; `undefined` before the first report. */
  ourTimeOf(senderMs: number): number | undefined {
    return this.difference === undefined ? undefined : senderMs + this.difference;
  }
}

/** Which wall clock time of its sender belongs to the timestamps of one stream, from its sender reports (RFC 3550 §6.4.1). */
export class StreamClock {
  private readonly clockRate: number;
  private anchor: { readonly senderMs: number; readonly timestamp: number } | undefined;

  /** @param clockRate Of the stream's timestamps, in Hz. */
  constructor(clockRate: number) {
    this.clockRate = clockRate;
  }

  /** Notes a sender report; `senderMs` in milliseconds of the Unix epoch. */
  note(senderMs: number, timestamp: number): void {
    this.anchor = { senderMs, timestamp };
  }

  /** The sender's time of `timestamp`; `undefined` before the first report. */
  senderTimeOf(timestamp: number): number | undefined {
    const { anchor } = this;
    return anchor === undefined ? undefined : anchor.senderMs + (timestampDistance(timestamp, anchor.timestamp) * 1000) / this.clockRate;
  }

  /** The timestamp of a sender's time, a signed 32-bit integer; `undefined` before the first report. */
  timestampOf(senderMs: number): number | undefined {
    const { anchor } = this;
    return anchor === undefined ? undefined : (anchor.timestamp + Math.round(((senderMs - anchor.senderMs) * this.clockRate) / 1000)) | 0;
  }
}
