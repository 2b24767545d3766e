/** How a frame is divided among packets. */
export interface Vp8FrameDivision {
  readonly count: number;
  /** Bytes of the frame in each packet; in the last one what is left. */
  readonly partLength: number;
}

/**
 * Divides a frame of `length` bytes among as few packets as possible with at most `mostBytes` of it each (RFC 7741 §4), as evenly as possible: packets of one size go to
 * the network as one run.
 */
export function divideVp8Frame(length: number, mostBytes: number): Vp8FrameDivision {
  const count = Math.max(1, Math.ceil(length / mostBytes));
  return { count, partLength: Math.ceil(length / count) };
}

/** Bytes of the descriptor that {@link writeVp8FrameDescriptor} writes. */
export const vp8FrameDescriptorLength = 4;

/** Writes the payload descriptor of a packet of a frame of our own, which has a picture id and no temporal layers (RFC 7741 §4.2): S in the first one. */
export function writeVp8FrameDescriptor(bytes: Uint8Array, at: number, isFirst: boolean, pictureId: number): void {
  bytes[at] = isFirst ? 0x90 : 0x80;
  bytes[at + 1] = 0x80;
  bytes[at + 2] = 0x80 | ((pictureId >>> 8) & 0x7f);
  bytes[at + 3] = pictureId;
}
