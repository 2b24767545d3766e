import type { Instant } from '@dialplane/sansio';

/** Packets whose sending is kept until feedback comes: two seconds at a thousand packets per second. A power of two. */
const capacity = 2048;

/** Words of a record: when the packet was sent, and its number in front of its size. One record is in one line of the cache, which is all that it costs where hundreds of legs take turns. */
const stride = 2;
const sentAtWord = 0;
const sizeWord = 1;

/** When each packet of a transport was sent, and how large it was, by transport sequence number. */
export class SentPackets {
  private nextNumber = 1;
  /** Empty until there is a packet: many transports, those of telephones, never note one. */
  private records = new Float64Array(0);

  /** The number that the next packet gets. */
  get next(): number {
    return this.nextNumber;
  }

  /** Notes a packet of `bytes`, 1 to 65,535, and gives it its transport sequence number. */
  note(bytes: number, now: Instant): number {
    if (this.records.length === 0) this.records = new Float64Array(capacity * stride);
    const number = this.nextNumber;
    const at = (number & (capacity - 1)) * stride;
    this.records[at + sentAtWord] = now;
    this.records[at + sizeWord] = number * 0x10000 + bytes;
    this.nextNumber = (number + 1) & 0xffff;
    return number;
  }

  /** Takes a packet out, so that it counts once; its size in bytes, or 0 where it is not known (any more). */
  take(number: number): number {
    const at = (number & (capacity - 1)) * stride + sizeWord;
    const numberAndSize = this.records[at] ?? 0;
    if (numberAndSize >>> 16 !== number) return 0;
    this.records[at] = 0;
    return numberAndSize & 0xffff;
  }

  /** When the packet that was taken last had been sent; valid until its place is used again. */
  sentAtOf(number: number): number {
    return this.records[(number & (capacity - 1)) * stride + sentAtWord] ?? 0;
  }
}
