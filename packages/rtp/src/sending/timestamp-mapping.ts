import { timestampDistance } from '../serial-numbers.ts';

/** Timestamps of a forwarded stream, continuous across a change of source. Signed 32-bit integers. */
export class TimestampMapping {
  private offset: number;
  /** The newest that was sent. */
  private newest = 0;
  private isSpliced = false;

  /** @param firstTimestamp Of the outgoing stream. */
  constructor(firstTimestamp: number) {
    this.offset = firstTimestamp | 0;
  }

  /**
   * From here on comes another source, whose first packet has `timestamp` and was captured `elapsed` units of the clock after the newest that was sent. It gets a later
   * timestamp than that one in any case, because a receiver takes packets with one timestamp for one frame.
   */
  splice(timestamp: number, elapsed: number): void {
    this.offset = this.isSpliced ? (this.newest + Math.max(1, Math.round(elapsed)) - timestamp) | 0 : (this.offset - timestamp) | 0;
    this.newest = (timestamp + this.offset) | 0;
    this.isSpliced = true;
  }

  /** The outgoing timestamp of an incoming one. */
  map(timestamp: number): number {
    const mapped = (timestamp + this.offset) | 0;
    if (timestampDistance(mapped, this.newest) > 0) this.newest = mapped;
    return mapped;
  }

  /** The same without noting it as sent, e.g. for the timestamp of a sender report. */
  peek(timestamp: number): number {
    return (timestamp + this.offset) | 0;
  }

  /** What is added to timestamps until the next splice. */
  get currentOffset(): number {
    return this.offset;
  }

  /** The incoming timestamp of the newest that was sent. */
  get newestIncoming(): number {
    return (this.newest - this.offset) | 0;
  }
}
