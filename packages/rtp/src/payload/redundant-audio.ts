import { readUint16, writeUint24 } from '../big-endian.ts';

/** One encoding in a RED payload; offsets are indices into the bytes that were read. */
export interface RedundantBlock {
  readonly payloadType: number;
  /** How much older than the packet's timestamp it is, in units of the clock; 0 of the primary encoding. */
  readonly timestampOffset: number;
  readonly offset: number;
  readonly length: number;
}

/** Of a redundant block's header, of the primary one's, and the most that fits into the former (RFC 2198 §3). */
const blockHeaderLength = 4;
const primaryHeaderLength = 1;
const mostTimestampOffset = 0x3fff;
const mostBlockLength = 0x3ff;

/** More blocks than any sender puts into a packet. */
const mostBlocks = 10;

/** Reads a RED payload (RFC 2198 §3): redundant blocks, oldest first, then the primary one. `undefined` where lengths do not add up. */
export function parseRedundantAudio(bytes: Uint8Array, offset: number, length: number): readonly RedundantBlock[] | undefined {
  const end = offset + length;
  const headers: Array<{ readonly payloadType: number; readonly timestampOffset: number; readonly length: number }> = [];
  let at = offset;
  for (; at < end && (bytes[at] ?? 0) >>> 7 === 1; at += 4) {
    if (at + 4 > end || headers.length >= mostBlocks) return undefined;
    const tail = readUint16(bytes, at + 2);
    headers.push({ payloadType: (bytes[at] ?? 0) & 0x7f, timestampOffset: readUint16(bytes, at + 1) >>> 2, length: tail & 0x3ff });
  }
  if (at >= end) return undefined;
  const primaryType = bytes[at] ?? 0;
  at += 1;
  const blocks: RedundantBlock[] = [];
  for (const header of headers) {
    blocks.push({ ...header, offset: at });
    at += header.length;
  }
  if (at > end) return undefined;
  return [...blocks, { payloadType: primaryType, timestampOffset: 0, offset: at, length: end - at }];
}

/** Where the primary encoding of a RED payload begins, for who has no use for the others; -1 where lengths do not add up. Allocates nothing. */
export function primaryAudioOffset(bytes: Uint8Array, offset: number, length: number): number {
  const end = offset + length;
  let redundant = 0;
  let at = offset;
  for (let blocks = 0; at < end && (bytes[at] ?? 0) >>> 7 === 1; at += blockHeaderLength) {
    blocks += 1;
    if (at + blockHeaderLength > end || blocks > mostBlocks) return -1;
    redundant += readUint16(bytes, at + 2) & mostBlockLength;
  }
  const primary = at + primaryHeaderLength + redundant;
  return at < end && primary <= end ? primary : -1;
}

/** A frame of sound as it was sent. */
export interface SentAudio {
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/**
 * A RED payload with a frame and, as far as the header can tell of it, the one before. Both are of the same payload type.
 * @returns a new array.
 */
export function encodeRedundantAudio(payloadType: number, primary: SentAudio, before: SentAudio | undefined): Uint8Array {
  const age = before === undefined ? 0 : (primary.timestamp - before.timestamp) | 0;
  const isToldOf = before !== undefined && age > 0 && age <= mostTimestampOffset && before.payload.length <= mostBlockLength;
  const redundant = isToldOf ? before.payload : primary.payload.subarray(0, 0);
  const headerLength = primaryHeaderLength + (isToldOf ? blockHeaderLength : 0);
  const bytes = new Uint8Array(headerLength + redundant.length + primary.payload.length);
  if (isToldOf) {
    bytes[0] = 0x80 | payloadType;
    writeUint24(bytes, 1, (age << 10) | redundant.length);
  }
  bytes[headerLength - primaryHeaderLength] = payloadType;
  bytes.set(redundant, headerLength);
  bytes.set(primary.payload, headerLength + redundant.length);
  return bytes;
}
