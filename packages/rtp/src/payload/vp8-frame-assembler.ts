import type { Instant } from '@dialplane/sansio';
import { sequenceDistance } from '../serial-numbers.ts';
import { Vp8Descriptor } from './vp8-descriptor.ts';

/** Packets that wait for their frame. A power of two: two seconds of a picture of 1.5 Mbit/s, or one large key frame. */
const window = 256;
const slotBytes = 1500;
/** What is further behind is no late packet but a sender that began anew. */
const mostLate = 3000;
/** A missing packet is waited for so long: a retransmission, not more. */
const patienceMs = 250;

/** What a packet is of its frame. */
const flag = { starts: 1, ends: 2, key: 4 } as const;

/** A whole frame, as a decoder takes it. */
export interface Vp8Frame {
  /** Of the RTP packets, a signed 32-bit integer. */
  readonly timestamp: number;
  readonly isKeyFrame: boolean;
  /** Valid until the next call of the assembler. */
  readonly bytes: Uint8Array;
}

/**
 * Frames of one VP8 stream from its packets (RFC 7741 §4.4), in order and only such as a decoder can use: after a loss none until the next key frame, which
 * {@link needsKeyFrame} asks for. Packets may come late, twice, or as retransmissions.
 *
 * ```ts
 * assembler.put(sequenceNumber, timestamp, marker, bytes, offset, length);
 * for (let frame = assembler.take(now); frame !== undefined; frame = assembler.take(now)) decode(frame.bytes);
 * ```
 */
export class Vp8FrameAssembler {
  private readonly slots = new Uint8Array(window * slotBytes);
  private readonly lengths = new Int32Array(window);
  /** Sequence number in each slot, -1 where nothing waits. */
  private readonly numbers = new Int32Array(window).fill(-1);
  private readonly timestamps = new Int32Array(window);
  private readonly flags = new Uint8Array(window);
  private readonly descriptor = new Vp8Descriptor();
  private frame: Uint8Array = new Uint8Array(64 * 1024);
  /** The number with which the next frame begins; -1 while it has to be a key frame. */
  private next = -1;
  private newest = -1;
  /** Since when something of the next frame is waited for although later packets are there. */
  private missingSince: Instant | undefined;

  /** Whether nothing can be decoded before another key frame comes. True at first. */
  get needsKeyFrame(): boolean {
    return this.next === -1;
  }

  /** Takes the payload of one packet; copies it. What is no VP8, or too old, is ignored. */
  put(sequenceNumber: number, timestamp: number, marker: number, bytes: Uint8Array, offset: number, length: number): void {
    const { descriptor } = this;
    if (!descriptor.read(bytes, offset, length) || length - descriptor.length > slotBytes) return;
    const ahead = this.newest === -1 ? 1 : sequenceDistance(sequenceNumber, this.newest);
    if (ahead >= window || ahead < -mostLate) this.forget();
    else if (ahead <= -window || (this.next !== -1 && sequenceDistance(sequenceNumber, this.next) < 0)) return;
    if (this.newest === -1 || ahead > 0) this.newest = sequenceNumber;
    const place = sequenceNumber & (window - 1);
    this.numbers[place] = sequenceNumber;
    this.timestamps[place] = timestamp;
    this.flags[place] = (marker === 0 ? 0 : flag.ends) | (descriptor.startsFrame ? flag.starts : 0) | (descriptor.startsKeyFrame ? flag.key : 0);
    this.lengths[place] = length - descriptor.length;
    this.slots.set(bytes.subarray(offset + descriptor.length, offset + length), place * slotBytes);
  }

  /** Removes and returns the next frame that is whole, or `undefined`. */
  take(now: Instant): Vp8Frame | undefined {
    if (this.next === -1) this.next = this.findKeyFrame();
    if (this.next === -1) return undefined;
    const end = this.endOf(this.next);
    if (end >= 0) return this.assemble(this.next, end);
    this.lookForLoss(now);
    return this.next === -1 ? this.takeLaterKeyFrame() : undefined;
  }

  /** Where the frame that begins with `first` ends, or -1 while a packet of it is missing. */
  private endOf(first: number): number {
    if (!this.holds(first, flag.starts)) return -1;
    for (let number = first, count = 0; count < window && this.numbers[number & (window - 1)] === number; number = (number + 1) & 0xffff, count += 1) {
      if (number !== first && this.holds(number, flag.starts)) return -1;
      if (this.holds(number, flag.ends)) return number;
    }
    return -1;
  }

  private assemble(first: number, last: number): Vp8Frame {
    const timestamp = this.timestamps[first & (window - 1)] ?? 0;
    const isKeyFrame = this.holds(first, flag.key);
    let length = 0;
    for (let number = first; ; number = (number + 1) & 0xffff) {
      const place = number & (window - 1);
      const part = this.lengths[place] ?? 0;
      if (length + part > this.frame.length) this.grow(length + part);
      this.frame.set(this.slots.subarray(place * slotBytes, place * slotBytes + part), length);
      length += part;
      this.numbers[place] = -1;
      if (number === last) break;
    }
    this.next = (last + 1) & 0xffff;
    this.missingSince = undefined;
    return { timestamp, isKeyFrame, bytes: this.frame.subarray(0, length) };
  }

  /** What is missing for too long is lost, and what depends on it cannot be decoded. */
  private lookForLoss(now: Instant): void {
    if (this.newest === -1 || sequenceDistance(this.newest, this.next) < 0) {
      this.missingSince = undefined;
      return;
    }
    this.missingSince ??= now;
    if (now - this.missingSince >= patienceMs) this.giveUp(this.next);
  }

  /** Drops a frame, so that only a key frame behind it is looked for. */
  private giveUp(first: number): void {
    for (let number = first; number === first || !this.holds(number, flag.starts); number = (number + 1) & 0xffff) {
      this.numbers[number & (window - 1)] = -1;
      if (number === this.newest) break;
    }
    this.missingSince = undefined;
    this.next = -1;
  }

  private takeLaterKeyFrame(): Vp8Frame | undefined {
    this.next = this.findKeyFrame();
    const end = this.next === -1 ? -1 : this.endOf(this.next);
    return end < 0 ? undefined : this.assemble(this.next, end);
  }

  /** Where the oldest key frame begins that waits, or -1. */
  private findKeyFrame(): number {
    for (let back = window - 1; this.newest !== -1 && back >= 0; back -= 1) {
      const number = (this.newest - back) & 0xffff;
      if (this.holds(number, flag.key)) return number;
    }
    return -1;
  }

  private holds(number: number, wanted: number): boolean {
    const place = number & (window - 1);
    return this.numbers[place] === number && ((this.flags[place] ?? 0) & wanted) !== 0;
  }

  private grow(length: number): void {
    const grown = new Uint8Array(2 * length);
    grown.set(this.frame);
    this.frame = grown;
  }

  private forget(): void {
    this.numbers.fill(-1);
    this.next = -1;
    this.newest = -1;
    this.missingSince = undefined;
  }
}
