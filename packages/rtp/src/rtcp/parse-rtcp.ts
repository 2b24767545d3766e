import { readInt32, readUint16, readUint24 } from '../big-endian.ts';
import { parsePayloadFeedback, parseTransportFeedback } from './parse-feedback.ts';
import { type ReportBlock, type RtcpErrorCode, type RtcpPacket, type RtcpParseResult, rtcpType } from './rtcp-packet.ts';

/** One packet of a compound: its body behind the four bytes of header, without padding. */
export interface RtcpBody {
  /** RC, SC or FMT. */
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** What reading one body gives: the packet, or why it is refused. */
export type RtcpBodyResult = RtcpPacket | 'BODY_TRUNCATED' | 'FEEDBACK_INVALID';

const reportBlockLength = 24;
const senderInformationLength = 24;

/**
 * Reads the RTCP packets that fill `bytes` exactly (RFC 3550 §6.1, A.2). One malformed packet refuses all of them. Never throws.
 *
 * Deviation: the compound need not begin with a report, since feedback may come alone (RFC 5506), and every packet may be padded, by
 * any number of bytes: transport-wide feedback is not aligned.
 */
export function parseRtcp(bytes: Uint8Array): RtcpParseResult {
  const packets: RtcpPacket[] = [];
  if (bytes.length < 4) return refuse('TOO_SHORT', bytes.length);
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return refuse('LENGTH_MISMATCH', at);
    const first = bytes[at] ?? 0;
    if (first >>> 6 !== 2) return refuse('WRONG_VERSION', at);
    const end = at + 4 + 4 * readUint16(bytes, at + 2);
    if (end > bytes.length) return refuse('LENGTH_MISMATCH', at + 2);
    const padding = (first & 0x20) === 0 ? 0 : (bytes[end - 1] ?? 0);
    if ((first & 0x20) !== 0 && (padding === 0 || at + 4 + padding > end)) return refuse('PADDING_INVALID', end - 1);
    const packet = parseBody(bytes[at + 1] ?? 0, { count: first & 0x1f, bytes, from: at + 4, end: end - padding });
    if (typeof packet === 'string') return refuse(packet, at);
    packets.push(packet);
    at = end;
  }
  return { ok: true, packets };
}

function parseBody(packetType: number, body: RtcpBody): RtcpBodyResult {
  switch (packetType) {
    case rtcpType.senderReport:
      return parseSenderReport(body);
    case rtcpType.receiverReport:
      return parseReceiverReport(body);
    case rtcpType.sourceDescription:
      return parseSourceDescription(body);
    case rtcpType.bye:
      return parseBye(body);
    case rtcpType.transportFeedback:
      return parseTransportFeedback(body);
    case rtcpType.payloadFeedback:
      return parsePayloadFeedback(body);
    default:
      return { kind: 'other', packetType, format: body.count };
  }
}

/** RFC 3550 §6.4.1; profile-specific extensions behind the blocks are ignored. */
function parseSenderReport({ bytes, from, end, count }: RtcpBody): RtcpBodyResult {
  if (from + senderInformationLength + count * reportBlockLength > end) return 'BODY_TRUNCATED';
  return {
    kind: 'senderReport',
    sender: {
      ssrc: readInt32(bytes, from),
      ntpSeconds: readInt32(bytes, from + 4) >>> 0,
      ntpFraction: readInt32(bytes, from + 8) >>> 0,
      rtpTimestamp: readInt32(bytes, from + 12),
      packetCount: readInt32(bytes, from + 16) >>> 0,
      octetCount: readInt32(bytes, from + 20) >>> 0,
    },
    blocks: parseBlocks(bytes, from + senderInformationLength, count),
  };
}

/** RFC 3550 §6.4.2. */
function parseReceiverReport({ bytes, from, end, count }: RtcpBody): RtcpBodyResult {
  if (from + 4 + count * reportBlockLength > end) return 'BODY_TRUNCATED';
  return { kind: 'receiverReport', ssrc: readInt32(bytes, from), blocks: parseBlocks(bytes, from + 4, count) };
}

/** Reports without any are the most that comes. */
const noBlocks: readonly ReportBlock[] = [];

function parseBlocks(bytes: Uint8Array, from: number, count: number): readonly ReportBlock[] {
  return count === 0 ? noBlocks : Array.from({ length: count }, (_, index) => parseBlock(bytes, from + index * reportBlockLength));
}

function parseBlock(bytes: Uint8Array, at: number): ReportBlock {
  return {
    ssrc: readInt32(bytes, at),
    fractionLost: bytes[at + 4] ?? 0,
    cumulativeLost: (readUint24(bytes, at + 5) << 8) >> 8,
    extendedHighestSequenceNumber: readInt32(bytes, at + 8) >>> 0,
    jitter: readInt32(bytes, at + 12) >>> 0,
    lastSenderReport: readInt32(bytes, at + 16) >>> 0,
    delaySinceLastSenderReport: readInt32(bytes, at + 20) >>> 0,
  };
}

/** RFC 3550 §6.5: chunks of items that end with a zero byte and are padded to four; of the items only CNAME is kept. */
function parseSourceDescription({ bytes, from, end, count }: RtcpBody): RtcpBodyResult {
  const canonicalNames: Array<{ readonly ssrc: number; readonly name: string }> = [];
  let at = from;
  for (let chunk = 0; chunk < count; chunk += 1) {
    if (at + 4 > end) return 'BODY_TRUNCATED';
    const ssrc = readInt32(bytes, at);
    at += 4;
    while (at < end && bytes[at] !== 0) {
      const length = at + 1 < end ? (bytes[at + 1] ?? 0) : end;
      if (at + 2 + length > end) return 'BODY_TRUNCATED';
      if (bytes[at] === 1) canonicalNames.push({ ssrc, name: String.fromCharCode(...bytes.subarray(at + 2, at + 2 + length)) });
      at += 2 + length;
    }
    if (at >= end) return 'BODY_TRUNCATED';
    at += 4 - ((at - from) & 3);
  }
  return { kind: 'sourceDescription', canonicalNames };
}

/** RFC 3550 §6.6; the reason is for people and not kept. */
function parseBye({ bytes, from, end, count }: RtcpBody): RtcpBodyResult {
  if (from + 4 * count > end) return 'BODY_TRUNCATED';
  return { kind: 'bye', ssrcs: Array.from({ length: count }, (_, index) => readInt32(bytes, from + 4 * index)) };
}

function refuse(code: RtcpErrorCode, at: number): RtcpParseResult {
  return { ok: false, code, at };
}
