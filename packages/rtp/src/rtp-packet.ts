import { readInt32, readUint16 } from './big-endian.ts';

/** Bytes of an RTP header without CSRCs and extensions (RFC 3550 §5.1). */
export const rtpHeaderLength = 12;

/** What {@link RtpPacket.read} says of bytes: `accepted`, or why they are no RTP packet. */
export const rtpVerdict = {
  accepted: 0,
  tooShort: 1,
  wrongVersion: 2,
  /** CSRCs or the header extension reach beyond the packet. */
  headerTruncated: 3,
  /** The padding is longer than what follows the header, or 0. */
  paddingInvalid: 4,
} as const;

export type RtpVerdict = (typeof rtpVerdict)[keyof typeof rtpVerdict];

/**
 * The fields of one RTP packet (RFC 3550 §5.1) and where its parts are in the buffer it was read from: a record that each `read` overwrites, so that a packet costs
 * no allocation. The buffer stays the caller's. SSRC and timestamp are signed 32-bit integers (`| 0` of what the RFC writes), so that they are never boxed.
 *
 * ```ts
 * if (packet.read(slab, offset, length) === rtpVerdict.accepted) route(packet.ssrc, packet.payloadOffset, packet.payloadLength);
 * ```
 */
export class RtpPacket {
  bytes: Uint8Array = new Uint8Array(0);
  offset = 0;
  length = 0;
  marker: 0 | 1 = 0;
  payloadType = 0;
  sequenceNumber = 0;
  timestamp = 0;
  ssrc = 0;
  csrcCount = 0;
  /** The 16 bits "defined by profile" of the header extension; 0 where there is none. */
  extensionProfile = 0;
  /** Where the elements of the header extension begin, behind its four bytes of header. */
  extensionOffset = 0;
  extensionLength = 0;
  /** Index of the payload in `bytes`. */
  payloadOffset = 0;
  /** Length of the payload in bytes, without padding. 0 in packets that only probe or keep alive. */
  payloadLength = 0;
  paddingLength = 0;

  /** Reads the packet that fills `length` bytes from `offset`. After another verdict than `accepted` the fields mean nothing. */
  read(bytes: Uint8Array, offset: number, length: number): RtpVerdict {
    if (length < rtpHeaderLength) return rtpVerdict.tooShort;
    const first = bytes[offset] ?? 0;
    if (first >>> 6 !== 2) return rtpVerdict.wrongVersion;
    const second = bytes[offset + 1] ?? 0;
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.marker = second >>> 7 === 1 ? 1 : 0;
    this.payloadType = second & 0x7f;
    this.sequenceNumber = readUint16(bytes, offset + 2);
    this.timestamp = readInt32(bytes, offset + 4);
    this.ssrc = readInt32(bytes, offset + 8);
    this.csrcCount = first & 0x0f;
    return this.readParts((first & 0x10) !== 0, (first & 0x20) !== 0);
  }

  /** The CSRC at `index` (0..csrcCount-1), as a signed 32-bit integer. */
  csrc(index: number): number {
    return readInt32(this.bytes, this.offset + rtpHeaderLength + 4 * index);
  }

  private readParts(hasExtension: boolean, hasPadding: boolean): RtpVerdict {
    const { bytes } = this;
    const end = this.offset + this.length;
    let at = this.offset + rtpHeaderLength + 4 * this.csrcCount;
    this.extensionProfile = 0;
    this.extensionLength = 0;
    this.extensionOffset = at;
    if (hasExtension) {
      if (at + 4 > end) return rtpVerdict.headerTruncated;
      this.extensionProfile = readUint16(bytes, at);
      this.extensionLength = 4 * readUint16(bytes, at + 2);
      this.extensionOffset = at + 4;
      at += 4 + this.extensionLength;
    }
    if (at > end) return rtpVerdict.headerTruncated;
    const padding = hasPadding ? (bytes[end - 1] ?? 0) : 0;
    if (hasPadding && (padding === 0 || at + padding > end)) return rtpVerdict.paddingInvalid;
    this.paddingLength = padding;
    this.payloadOffset = at;
    this.payloadLength = end - at - padding;
    return rtpVerdict.accepted;
  }
}
