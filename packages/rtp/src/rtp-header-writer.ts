import { writeInt32, writeUint16, writeUint24 } from './big-endian.ts';
import { oneByteProfile, twoByteProfile } from './extensions/extension-elements.ts';
import { rtpHeaderLength } from './rtp-packet.ts';

/**
 * Writes an RTP header with its extension elements (RFC 3550 §5.1, RFC 8285) into a buffer of the caller, e.g. one of the scratch places that a batch of packets is
 * protected from. One writer serves all packets; nothing is allocated. The caller makes sure of room: {@link rtpHeaderLength} + 4 + the elements with two bytes each.
 *
 * Elements use one-byte headers as long as they can, and two-byte headers from the first that cannot (id above 14, length 0 or above 16).
 *
 * ```ts
 * writer.begin(scratch, at, marker, payloadType, sequenceNumber, timestamp, ssrc);
 * writer.element(levelId, slab, levelOffset, 1);
 * const headerLength = writer.finish();
 * ```
 */
export class RtpHeaderWriter {
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;
  private at = 0;
  private headLength: 1 | 2 = 1;

  /** Writes the fixed part, without CSRCs, without padding. `timestamp` and `ssrc` may be signed or unsigned. */
  begin(bytes: Uint8Array, at: number, marker: number, payloadType: number, sequenceNumber: number, timestamp: number, ssrc: number): void {
    bytes[at] = 0x80;
    bytes[at + 1] = (marker << 7) | payloadType;
    writeUint16(bytes, at + 2, sequenceNumber);
    writeInt32(bytes, at + 4, timestamp);
    writeInt32(bytes, at + 8, ssrc);
    this.bytes = bytes;
    this.start = at;
    this.at = at + rtpHeaderLength + 4;
    this.headLength = 1;
  }

  /** Adds an element of 0..255 bytes copied from `source`. */
  element(id: number, source: Uint8Array, offset: number, length: number): void {
    const target = this.head(id, length);
    for (let index = 0; index < length; index += 1) this.bytes[target + index] = source[offset + index] ?? 0;
  }

  /** Adds an element of one byte, e.g. an audio level. */
  elementUint8(id: number, value: number): void {
    this.bytes[this.head(id, 1)] = value;
  }

  /** Adds an element of two bytes, e.g. a transport sequence number. */
  elementUint16(id: number, value: number): void {
    writeUint16(this.bytes, this.head(id, 2), value);
  }

  /** Adds an element of three bytes, e.g. an absolute send time. */
  elementUint24(id: number, value: number): void {
    writeUint24(this.bytes, this.head(id, 3), value);
  }

  /** Closes the header; its length in bytes, without extension where no element was added. */
  finish(): number {
    const { bytes, start } = this;
    const elements = start + rtpHeaderLength + 4;
    if (this.at === elements) return rtpHeaderLength;
    while (((this.at - start) & 3) !== 0) {
      bytes[this.at] = 0;
      this.at += 1;
    }
    bytes[start] = (bytes[start] ?? 0) | 0x10;
    writeUint16(bytes, start + rtpHeaderLength, this.headLength === 1 ? oneByteProfile : twoByteProfile);
    writeUint16(bytes, start + rtpHeaderLength + 2, (this.at - elements) >>> 2);
    return this.at - start;
  }

  /** Writes the head of an element; the index where its value goes. */
  private head(id: number, length: number): number {
    if (this.headLength === 1) {
      if (id <= 14 && length >= 1 && length <= 16) {
        this.bytes[this.at] = (id << 4) | (length - 1);
        this.at += 1 + length;
        return this.at - length;
      }
      this.widen();
    }
    this.bytes[this.at] = id;
    this.bytes[this.at + 1] = length;
    this.at += 2 + length;
    return this.at - length;
  }

  /** Gives the elements written so far two-byte heads: RFC 8285 §4.1.2 forbids a mix within one packet. */
  private widen(): void {
    const { bytes } = this;
    this.headLength = 2;
    for (let at = this.start + rtpHeaderLength + 4; at < this.at; ) {
      const head = bytes[at] ?? 0;
      const length = (head & 0x0f) + 1;
      bytes.copyWithin(at + 2, at + 1, this.at);
      bytes[at] = head >>> 4;
      bytes[at + 1] = length;
      this.at += 1;
      at += 2 + length;
    }
  }
}
