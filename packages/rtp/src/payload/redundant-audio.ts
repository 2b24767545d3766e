import { readUint16 } from '../big-endian.ts';

/** One encoding in a RED payload; offsets are indices into the bytes that were read. */
export interface RedundantBlock {
  readonly payloadType: number;
  /** How much older than the packet's timestamp it is, in units of the clock; 0 of the primary encoding. */
  readonly timestampOffset: number;
  readonly offset: number;
  readonly length: number;
}

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
