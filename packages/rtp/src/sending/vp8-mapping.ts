import type { Vp8Descriptor } from '../payload/vp8-descriptor.ts';
import { notMapped } from './sequence-mapping.ts';

/** Frames whose mapping is kept, for packets that come late. A power of two. */
const window = 64;

/**
 * Picture ids and TL0PICIDX of a forwarded VP8 stream: continuous across a change of source, and without gaps where frames of higher temporal layers are left out, since
 * receivers wait for the picture ids that they miss (RFC 7741 §4.2).
 */
export class Vp8Mapping {
  /** Outgoing picture id of a frame, {@link notMapped} where it was left out, in the place of the incoming one modulo the window. */
  private readonly frames = new Int32Array(window).fill(notMapped);
  private newest = -1;
  private nextPictureId: number;
  private tl0Offset = 0;
  private lastTl0: number;

  /** Both numbers are those of the first frame. */
  constructor(firstPictureId: number, firstTl0PictureIndex: number) {
    this.nextPictureId = firstPictureId & 0x7fff;
    this.lastTl0 = (firstTl0PictureIndex - 1) & 0xff;
  }

  /** The low seven bits of the newest frame's picture id, as it came; -1 before there was one. */
  get newestIncoming(): number {
    return this.newest;
  }

  /** Whether the newest frame is not sent. */
  get isNewestLeftOut(): boolean {
    return this.newest >= 0 && this.frames[this.newest & (window - 1)] === notMapped;
  }

  /** The newest outgoing picture id. */
  get newestPictureId(): number {
    return (this.nextPictureId - 1) & 0x7fff;
  }

  /** What is added to TL0PICIDX until the next splice. */
  get currentTl0Offset(): number {
    return this.tl0Offset;
  }

  /** The newest outgoing TL0PICIDX. */
  get newestTl0(): number {
    return this.lastTl0;
  }

  /** Somebody else has sent the frames up to one of which the picture id came with these low seven bits, none left out, and gave it and the TL0PICIDX these numbers. */
  follow(newestIncoming: number, pictureId: number, tl0PictureIndex: number): void {
    const count = (pictureId - this.newestPictureId) & 0x7fff;
    for (let back = Math.min(count, window) - 1; back >= 0; back -= 1) this.frames[(newestIncoming - back) & (window - 1)] = (pictureId - back) & 0x7fff;
    this.newest = newestIncoming;
    this.nextPictureId = (pictureId + 1) & 0x7fff;
    this.lastTl0 = tl0PictureIndex;
  }

  /** From this frame on comes another source. */
  splice(descriptor: Vp8Descriptor): void {
    this.frames.fill(notMapped);
    this.newest = -1;
    this.tl0Offset = (this.lastTl0 + 1 - descriptor.tl0PictureIndex) & 0xff;
  }

  /** The outgoing picture id of a packet that is sent; {@link notMapped} where its frame was left out or is too old. 0 where the source has none. */
  pictureId(descriptor: Vp8Descriptor): number {
    const { pictureId } = descriptor;
    if (pictureId < 0) return 0;
    if (this.isNewer(pictureId)) this.advance(pictureId, true);
    return this.frames[pictureId & (window - 1)] ?? notMapped;
  }

  /** The outgoing TL0PICIDX of a packet that is sent. 0 where the source has none. */
  tl0PictureIndex(descriptor: Vp8Descriptor): number {
    if (descriptor.tl0PictureIndex < 0) return 0;
    const mapped = (descriptor.tl0PictureIndex + this.tl0Offset) & 0xff;
    if (((mapped - this.lastTl0) & 0xff) < 0x80) this.lastTl0 = mapped;
    return mapped;
  }

  /** Leaves the frame of a packet out; harmless for each of its packets. */
  leaveOut(descriptor: Vp8Descriptor): void {
    if (descriptor.pictureId >= 0 && this.isNewer(descriptor.pictureId)) this.advance(descriptor.pictureId, false);
  }

  /** By the low seven bits, which all that ids of 7 and of 15 bits have in common: a late packet is less than 64 frames behind. */
  private isNewer(pictureId: number): boolean {
    const ahead = (pictureId - this.newest) & 0x7f;
    return this.newest === -1 || (ahead > 0 && ahead < 0x40);
  }

  /** Gives numbers to the frames from the newest to this one; those in between may still come. */
  private advance(pictureId: number, isSent: boolean): void {
    const from = this.newest === -1 ? pictureId & 0x7f : this.newest + 1;
    const count = ((pictureId - from) & 0x7f) + 1;
    for (let index = 0; index < count; index += 1) {
      const isLast = index === count - 1;
      this.frames[(from + index) & (window - 1)] = isLast && !isSent ? notMapped : this.nextPictureId;
      if (!isLast || isSent) this.nextPictureId = (this.nextPictureId + 1) & 0x7fff;
    }
    this.newest = pictureId & 0x7f;
  }
}
