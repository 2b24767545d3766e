import { readUint16 } from '../big-endian.ts';

/**
 * The VP8 payload descriptor of one packet (RFC 7741 §4.2) and what of the frame behind it matters for forwarding: a record that each `read` overwrites.
 */
export class Vp8Descriptor {
  /** Length of the descriptor in bytes; the VP8 payload begins behind it. */
  length = 0;
  /** X, R, N, S, R and PID as they came. */
  first = 0;
  /** The packet begins a frame: S is set and the partition is the first (RFC 7741 §4.2). */
  startsFrame = false;
  /** The packet begins a key frame (RFC 7741 §4.3: P is 0). */
  startsKeyFrame = false;
  /** -1 when absent. */
  pictureId = -1;
  /** 8 bits that count frames of the lowest temporal layer; -1 when absent. */
  tl0PictureIndex = -1;
  /** TID, 0..3; -1 when absent. */
  temporalLayer = -1;
  /** Y: the frame depends on the lowest layer only, so that a receiver may step up here. */
  isLayerSync = false;
  /** -1 when absent. */
  keyIndex = -1;

  /** Reads the descriptor at the begin of a payload; false where it is cut short or no VP8 follows. The fields mean nothing then. */
  read(bytes: Uint8Array, offset: number, length: number): boolean {
    const end = offset + length;
    if (length < 2) return false;
    const first = bytes[offset] ?? 0;
    this.first = first;
    this.pictureId = -1;
    this.tl0PictureIndex = -1;
    this.temporalLayer = -1;
    this.isLayerSync = false;
    this.keyIndex = -1;
    const at = (first & 0x80) === 0 ? offset + 1 : this.readExtension(bytes, offset + 1);
    if (at >= end) return false;
    this.length = at - offset;
    this.startsFrame = (first & 0x17) === 0x10;
    this.startsKeyFrame = this.startsFrame && ((bytes[at] ?? 1) & 1) === 0;
    return true;
  }

  /** The extension bytes I, L, T and K announce; where the descriptor ends. May look beyond the packet, which the caller then refuses. */
  private readExtension(bytes: Uint8Array, from: number): number {
    const flags = bytes[from] ?? 0;
    let at = from + 1;
    if ((flags & 0x80) !== 0) {
      const isLong = (bytes[at] ?? 0) >>> 7 === 1;
      this.pictureId = isLong ? readUint16(bytes, at) & 0x7fff : (bytes[at] ?? 0);
      at += isLong ? 2 : 1;
    }
    if ((flags & 0x40) !== 0) {
      this.tl0PictureIndex = bytes[at] ?? 0;
      at += 1;
    }
    if ((flags & 0x30) !== 0) {
      const layers = bytes[at] ?? 0;
      if ((flags & 0x20) !== 0) {
        this.temporalLayer = layers >>> 6;
        this.isLayerSync = (layers & 0x20) !== 0;
      }
      if ((flags & 0x10) !== 0) this.keyIndex = layers & 0x1f;
      at += 1;
    }
    return at;
  }
}

/** The longest descriptor that {@link writeVp8Descriptor} writes. */
export const mostVp8DescriptorBytes = 6;

/** Writes `descriptor` with another picture id and TL0PICIDX where it has them; its length in bytes. Picture ids become 15 bits long. */
export function writeVp8Descriptor(bytes: Uint8Array, at: number, descriptor: Vp8Descriptor, pictureId: number, tl0PictureIndex: number): number {
  const { first, temporalLayer, keyIndex } = descriptor;
  bytes[at] = first;
  if ((first & 0x80) === 0) return 1;
  let target = at + 2;
  let flags = 0;
  if (descriptor.pictureId >= 0) {
    flags |= 0x80;
    bytes[target] = 0x80 | (pictureId >>> 8);
    bytes[target + 1] = pictureId;
    target += 2;
  }
  if (descriptor.tl0PictureIndex >= 0) {
    flags |= 0x40;
    bytes[target] = tl0PictureIndex;
    target += 1;
  }
  if (temporalLayer >= 0 || keyIndex >= 0) {
    flags |= (temporalLayer >= 0 ? 0x20 : 0) | (keyIndex >= 0 ? 0x10 : 0);
    bytes[target] = (Math.max(0, temporalLayer) << 6) | (descriptor.isLayerSync ? 0x20 : 0) | Math.max(0, keyIndex);
    target += 1;
  }
  bytes[at + 1] = flags;
  return target - at;
}

/** Width and height of a key frame (RFC 6386 §9.1) packed as `width << 16 | height`; 0 where the payload behind the descriptor is not its begin. */
export function vp8KeyFrameSize(bytes: Uint8Array, offset: number, length: number): number {
  if (length < 10 || bytes[offset + 3] !== 0x9d || bytes[offset + 4] !== 0x01 || bytes[offset + 5] !== 0x2a) return 0;
  const width = (bytes[offset + 6] ?? 0) | (((bytes[offset + 7] ?? 0) & 0x3f) << 8);
  const height = (bytes[offset + 8] ?? 0) | (((bytes[offset + 9] ?? 0) & 0x3f) << 8);
  return (width << 16) | height;
}
