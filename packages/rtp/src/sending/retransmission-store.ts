import type { Instant } from '@dialplane/sansio';
import type { RtpPacket } from '../rtp-packet.ts';

/** Packets that can be looked up, and words kept for each. A power of two. */
const window = 1024;
const alignment = 8;

export interface RetransmissionStoreOptions {
  /** How long a packet should stay. */
  readonly keepMs: number;
  /** What the store may grow to, in bytes, when packets would have to leave earlier. */
  readonly mostBytes: number;
  /** What it begins with. */
  readonly leastBytes: number;
}

/**
 * The newest packets of one incoming stream, whole as they were received, by sequence number: one copy serves the retransmissions to all its receivers (RFC 4588 §3 is
 * about the sender; this one forwards). A ring of bytes, so that small packets stay as long as large ones.
 *
 * ```ts
 * if (store.find(sequenceNumber)) packet.read(store.bytes, store.offset, store.length);
 * ```
 */
export class RetransmissionStore {
  bytes: Uint8Array;
  /** Where the packet that {@link find} found is in `bytes`; valid until the next `put`. */
  offset = 0;
  length = 0;
  private readonly options: RetransmissionStoreOptions;
  /** Per sequence number modulo the window. */
  private readonly offsets = new Int32Array(window);
  private readonly lengths = new Uint16Array(window);
  private readonly numbers = new Int32Array(window).fill(-1);
  /** Per stored packet, oldest first, a ring: where it is, its number, and when it came. */
  private readonly orderOffsets = new Int32Array(window);
  private readonly orderNumbers = new Uint16Array(window);
  private readonly orderTimes = new Float64Array(window);
  private oldest = 0;
  private count = 0;
  private end = 0;

  constructor(options: RetransmissionStoreOptions) {
    this.options = options;
    this.bytes = new Uint8Array(options.leastBytes);
  }

  /** Copies a packet in; the oldest ones make room. One that is stored already, or too long for the store, is not taken. */
  put(packet: RtpPacket, now: Instant): void {
    const { sequenceNumber, length } = packet;
    const size = (length + alignment - 1) & -alignment;
    if (this.find(sequenceNumber) || size > this.options.leastBytes) return;
    const at = this.makeRoom(size, now);
    this.bytes.set(packet.bytes.subarray(packet.offset, packet.offset + length), at);
    this.end = at + size;
    this.note(sequenceNumber, at, length);
    const last = (this.oldest + this.count) & (window - 1);
    this.orderOffsets[last] = at;
    this.orderNumbers[last] = sequenceNumber;
    this.orderTimes[last] = now;
    this.count += 1;
  }

  /** Finds a packet by its sequence number; false where it is gone or never came. */
  find(sequenceNumber: number): boolean {
    const place = sequenceNumber & (window - 1);
    if (this.numbers[place] !== sequenceNumber) return false;
    this.offset = this.offsets[place] ?? 0;
    this.length = this.lengths[place] ?? 0;
    return true;
  }

  /** Where `size` bytes are free in one piece. */
  private makeRoom(size: number, now: Instant): number {
    if (this.count === window) this.evict();
    for (;;) {
      const wraps = this.end + size > this.bytes.length;
      const at = wraps ? 0 : this.end;
      const oldestAt = this.orderOffsets[this.oldest] ?? 0;
      const isInTheWay = wraps ? oldestAt >= this.end || oldestAt < size : oldestAt >= at && oldestAt < at + size;
      if (this.count === 0 || !isInTheWay) return at;
      const isYoung = now - (this.orderTimes[this.oldest] ?? 0) < this.options.keepMs;
      if (!isYoung || !this.grow()) this.evict();
    }
  }

  private evict(): void {
    const number = this.orderNumbers[this.oldest] ?? 0;
    const place = number & (window - 1);
    if (this.numbers[place] === number && this.offsets[place] === this.orderOffsets[this.oldest]) this.numbers[place] = -1;
    this.oldest = (this.oldest + 1) & (window - 1);
    this.count -= 1;
  }

  /** Moves everything into twice the memory; false where it has all it may have. */
  private grow(): boolean {
    const capacity = Math.min(this.options.mostBytes, this.bytes.length * 2);
    if (capacity <= this.bytes.length) return false;
    const grown = new Uint8Array(capacity);
    this.end = 0;
    for (let index = 0; index < this.count; index += 1) {
      const slot = (this.oldest + index) & (window - 1);
      const number = this.orderNumbers[slot] ?? 0;
      const place = number & (window - 1);
      const from = this.orderOffsets[slot] ?? 0;
      const isCurrent = this.numbers[place] === number && this.offsets[place] === from;
      const length = isCurrent ? (this.lengths[place] ?? 0) : 0;
      grown.set(this.bytes.subarray(from, from + length), this.end);
      this.orderOffsets[slot] = this.end;
      if (isCurrent) this.offsets[place] = this.end;
      this.end += (length + alignment - 1) & -alignment;
    }
    this.bytes = grown;
    return true;
  }

  private note(sequenceNumber: number, at: number, length: number): void {
    const place = sequenceNumber & (window - 1);
    this.offsets[place] = at;
    this.lengths[place] = length;
    this.numbers[place] = sequenceNumber;
  }
}
