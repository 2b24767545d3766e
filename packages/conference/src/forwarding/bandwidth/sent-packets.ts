import type { Instant } from '@dialplane/sansio';

/** Packets whose sending is kept until feedback comes: two seconds at a thousand packets per second. A power of two. */
const capacity = 2048;

/** When each packet of a transport was sent, and how large it was, by transport sequence number. A packet costs three stores. */
export class SentPackets {
  /** Number that the next packet gets, 16 bits. */
  private nextNumber = 1;
  private readonly numbers = new Int32Array(capacity).fill(-1);
  private readonly sentAt = new Float64Array(capacity);
  private readonly sizes = new Uint16Array(capacity);

  /** Notes a packet of `bytes` and gives it its transport sequence number. */
  note(bytes: number, now: Instant): number {
    const number = this.nextNumber;
    const place = number & (capacity - 1);
    this.numbers[place] = number;
    this.sentAt[place] = now;
    this.sizes[place] = bytes;
    this.nextNumber = (number + 1) & 0xffff;
    return number;
  }

  /** Takes a packet out, so that it counts once; its size in bytes, or 0 where it is not known (any more). */
  take(number: number): number {
    const place = number & (capacity - 1);
    if (this.numbers[place] !== number) return 0;
    this.numbers[place] = -1;
    return this.sizes[place] ?? 0;
  }

  /** When the packet that was taken last had been sent; valid until its place is used again. */
  sentAtOf(number: number): number {
    return this.sentAt[number & (capacity - 1)] ?? 0;
  }
}
