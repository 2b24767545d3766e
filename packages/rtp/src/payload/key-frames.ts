import { readUint16 } from '../big-endian.ts';

/** Whether a payload begins a frame from which a receiver can start to decode; the caller has checked nothing. */
export type KeyFrameTest = (bytes: Uint8Array, offset: number, length: number) => boolean;

/** NAL unit types (RFC 6184 §5.2; ITU-T H.264 table 7-1). */
const nal = { slice: 1, idr: 5, sps: 7, stapA: 24, fuA: 28 } as const;

/**
 * H.264: an IDR slice or the parameter sets in front of it, alone (RFC 6184 §5.6), in a STAP-A (§5.7.1), or in the first fragment of an FU-A (§5.8).
 */
export function startsH264KeyFrame(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length < 2) return false;
  const type = (bytes[offset] ?? 0) & 0x1f;
  if (type === nal.fuA) {
    const header = bytes[offset + 1] ?? 0;
    return header >>> 7 === 1 && opensKeyFrame(header & 0x1f);
  }
  if (type !== nal.stapA) return opensKeyFrame(type);
  for (let at = offset + 1; at + 3 <= offset + length; at += 2 + readUint16(bytes, at)) if (opensKeyFrame((bytes[at + 2] ?? 0) & 0x1f)) return true;
  return false;
}

function opensKeyFrame(nalType: number): boolean {
  return nalType === nal.idr || nalType === nal.sps;
}

/**
 * VP9: the begin (B) of a frame that is not predicted from another (P is 0), of the lowest spatial layer (RFC 9628 §4.2: I, P, L, F, B, E, V, Z).
 */
export function startsVp9KeyFrame(bytes: Uint8Array, offset: number, length: number): boolean {
  const first = bytes[offset] ?? 0;
  if (length < 2 || (first & 0x48) !== 0x08) return false;
  if ((first & 0x20) === 0) return true;
  const pictureIdBytes = (first & 0x80) === 0 ? 0 : (bytes[offset + 1] ?? 0) >>> 7 === 1 ? 2 : 1;
  const layersAt = offset + 1 + pictureIdBytes;
  return layersAt < offset + length && (((bytes[layersAt] ?? 0) >>> 1) & 0x07) === 0;
}

/** AV1: N of the aggregation header announces a new coded video sequence (AV1 RTP payload specification §4.4). */
export function startsAv1KeyFrame(bytes: Uint8Array, offset: number, length: number): boolean {
  return length >= 2 && ((bytes[offset] ?? 0) & 0x08) !== 0;
}
