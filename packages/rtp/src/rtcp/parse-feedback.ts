import { readInt32, readUint16, readUint24 } from '../big-endian.ts';
import type { RtcpBody, RtcpBodyResult } from './parse-rtcp.ts';
import { type FullIntraRequest, payloadFeedbackFormat, rtcpType, transportFeedbackFormat } from './rtcp-packet.ts';
import { readArrivals } from './transport-wide-feedback.ts';

const rembName = 0x52454d42;

/** RFC 4585 §6.1, §6.2: feedback about packets. */
export function parseTransportFeedback(body: RtcpBody): RtcpBodyResult {
  const { bytes, from, end, count: format } = body;
  if (from + 8 > end) return 'BODY_TRUNCATED';
  const [senderSsrc, mediaSsrc] = [readInt32(bytes, from), readInt32(bytes, from + 4)];
  if (format === transportFeedbackFormat.nack) return { kind: 'nack', senderSsrc, mediaSsrc, sequenceNumbers: readMissing(bytes, from + 8, end) };
  if (format !== transportFeedbackFormat.transportWide) return { kind: 'other', packetType: rtcpType.transportFeedback, format };
  if (from + 16 > end) return 'BODY_TRUNCATED';
  const arrivals = readArrivals(bytes, from + 16, end, readUint16(bytes, from + 10));
  if (arrivals === undefined) return 'FEEDBACK_INVALID';
  return {
    kind: 'transportWideFeedback',
    senderSsrc,
    mediaSsrc,
    baseSequenceNumber: readUint16(bytes, from + 8),
    referenceTime: (readUint24(bytes, from + 12) << 8) >> 8,
    feedbackCount: bytes[from + 15] ?? 0,
    arrivals,
  };
}

/** RFC 4585 §6.3: feedback about the picture. */
export function parsePayloadFeedback(body: RtcpBody): RtcpBodyResult {
  const { bytes, from, end, count: format } = body;
  if (from + 8 > end) return 'BODY_TRUNCATED';
  const [senderSsrc, mediaSsrc] = [readInt32(bytes, from), readInt32(bytes, from + 4)];
  if (format === payloadFeedbackFormat.pictureLossIndication) return { kind: 'pictureLossIndication', senderSsrc, mediaSsrc };
  if (format === payloadFeedbackFormat.fullIntraRequest) return { kind: 'fullIntraRequest', senderSsrc, requests: readIntraRequests(bytes, from + 8, end) };
  const isRemb = format === payloadFeedbackFormat.applicationLayer && from + 16 <= end && readInt32(bytes, from + 8) === rembName;
  return isRemb ? readMaximumBitrate(senderSsrc, body) : { kind: 'other', packetType: rtcpType.payloadFeedback, format };
}

/** RFC 4585 §6.2.1: a packet id and a mask of the sixteen that follow. */
function readMissing(bytes: Uint8Array, from: number, end: number): readonly number[] {
  const missing: number[] = [];
  for (let at = from; at + 4 <= end; at += 4) {
    const first = readUint16(bytes, at);
    missing.push(first);
    for (let mask = readUint16(bytes, at + 2), bit = 1; mask !== 0; mask >>>= 1, bit += 1) if ((mask & 1) !== 0) missing.push((first + bit) & 0xffff);
  }
  return missing;
}

/** RFC 5104 §4.3.1.1. */
function readIntraRequests(bytes: Uint8Array, from: number, end: number): readonly FullIntraRequest[] {
  const requests: FullIntraRequest[] = [];
  for (let at = from; at + 8 <= end; at += 8) requests.push({ ssrc: readInt32(bytes, at), sequenceNumber: bytes[at + 4] ?? 0 });
  return requests;
}

/** draft-alvestrand-rmcat-remb-03 §2.2: 6 bits of exponent, 18 of mantissa, then the streams it is about. */
function readMaximumBitrate(senderSsrc: number, { bytes, from, end }: RtcpBody): RtcpBodyResult {
  const count = bytes[from + 12] ?? 0;
  if (from + 16 + 4 * count > end) return 'BODY_TRUNCATED';
  const word = readUint24(bytes, from + 13);
  const bitrateBps = Math.min(Number.MAX_SAFE_INTEGER, (word & 0x3ffff) * 2 ** (word >>> 18));
  return { kind: 'maximumBitrate', senderSsrc, bitrateBps, ssrcs: Array.from({ length: count }, (_, index) => readInt32(bytes, from + 16 + 4 * index)) };
}
