import { sequenceDistance } from '../serial-numbers.ts';

/** Numbers whose mapping is kept, for packets that come late. A power of two. */
const window = 256;
/** In place of a number: not to be sent. */
export const notMapped = -1;

/**
 * Sequence numbers of a forwarded stream: without gaps where packets are left out on purpose, so that the receiver misses nothing, and across a change of source. A
 * number that is skipped on the way in is skipped on the way out, since it may come late or be asked for.
 */
export class SequenceMapping {
  /** What is added to a number, and whether it was left out (bit 16), in the place of the number modulo the window. */
  private readonly steps = new Int32Array(window);
  private newest = 0;
  private first = 0;
  private offset: number;

  /** @param firstSequenceNumber Of the outgoing stream. */
  constructor(firstSequenceNumber: number) {
    this.offset = (firstSequenceNumber - 1) & 0xffff;
  }

  /** The highest number that was sent, or is reserved for a packet that may still come. */
  get highest(): number {
    return (this.newest + this.offset) & 0xffff;
  }

  /** The newest that was mapped or left out, as it came. */
  get newestIncoming(): number {
    return this.newest;
  }

  /** What is added to the numbers of packets that come next. */
  get nextOffset(): number {
    return this.offset;
  }

  /** From the packet with `sequenceNumber` on comes another source: it follows what was sent last; of what comes before it nothing is sent. */
  splice(sequenceNumber: number): void {
    this.offset = (this.highest + 1 - sequenceNumber) & 0xffff;
    this.newest = (sequenceNumber - 1) & 0xffff;
    this.first = sequenceNumber;
  }

  /** The number under which to send the packet, or {@link notMapped} where it is too old, from before the splice, or was left out. */
  map(sequenceNumber: number): number {
    const ahead = sequenceDistance(sequenceNumber, this.newest);
    if (ahead > 0) {
      this.advance(sequenceNumber, ahead);
      return (sequenceNumber + this.offset) & 0xffff;
    }
    if (ahead <= -window || sequenceDistance(sequenceNumber, this.first) < 0) return notMapped;
    const step = this.steps[sequenceNumber & (window - 1)] ?? 0;
    return step > 0xffff ? notMapped : (sequenceNumber + step) & 0xffff;
  }

  /** Leaves the packet out; later ones close the gap. One that comes late keeps its number, which then is missing. */
  leaveOut(sequenceNumber: number): void {
    const ahead = sequenceDistance(sequenceNumber, this.newest);
    if (ahead <= 0) return;
    this.advance(sequenceNumber, ahead);
    this.steps[sequenceNumber & (window - 1)] = 0x10000;
    this.offset = (this.offset - 1) & 0xffff;
  }

  /** Takes the next number for a packet of our own, e.g. padding. */
  insert(): number {
    this.offset = (this.offset + 1) & 0xffff;
    return this.highest;
  }

  private advance(sequenceNumber: number, ahead: number): void {
    for (let back = Math.min(ahead, window) - 1; back >= 0; back -= 1) this.steps[(sequenceNumber - back) & (window - 1)] = this.offset;
    this.newest = sequenceNumber;
  }
}
