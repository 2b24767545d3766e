import type { Instant } from '@dialplane/sansio';

/** Packets whose sending is kept until feedback comes: two seconds at a thousand packets per second. A power of two. */
const capacity = 2048;

/** When each packet of a transport was sent, and how large it was, by transport sequence number. A packet costs three stores. */
export class SentPackets {
  private nextNumber = 1;
  /** Empty until there is a packet: many transports, those of telephones, never note one. */
  private numbers = new Int32Array(0);
  private sentAt = new Float64Array(0);
  private sizes = new Uint16Array(0);

  /** The number that the next packet gets. */
  get next(): number {
    return this.nextNumber;
  }

  /** Notes a packet of `bytes` and gives it its transport sequence number. */
  note(bytes: number, now: Instant): number {
    if (this.numbers.length === 0) this.open();
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

  private open(): void {
    this.numbers = new Int32Array(capacity).fill(-1);
    this.sentAt = new Float64Array(capacity);
    this.sizes = new Uint16Array(capacity);
  }
}
