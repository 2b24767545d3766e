import { writeInt32, writeUint16, writeUint24 } from '../big-endian.ts';
import { sequenceDistance } from '../serial-numbers.ts';
import { type FullIntraRequest, payloadFeedbackFormat, type ReportBlock, rtcpType, type SenderInformation, transportFeedbackFormat } from './rtcp-packet.ts';

const rembName = 0x52454d42;

/**
 * Writes RTCP packets one behind the other into a buffer of the caller: a compound packet when it begins with a report (RFC 3550 §6.1), reduced-size otherwise
 * (RFC 5506). The caller makes sure of room; {@link length} is what has been written.
 *
 * ```ts
 * writer.begin(scratch, at);
 * writer.receiverReport(ourSsrc, blocks);
 * writer.pictureLossIndication(ourSsrc, mediaSsrc);
 * send(scratch, at, writer.length);
 * ```
 */
export class RtcpWriter {
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;
  private at = 0;

  begin(bytes: Uint8Array, at: number): this {
    this.bytes = bytes;
    this.start = at;
    this.at = at;
    return this;
  }

  /** Bytes written since `begin`. */
  get length(): number {
    return this.at - this.start;
  }

  /** RFC 3550 §6.4.1; at most 31 blocks. */
  senderReport(sender: SenderInformation, blocks: readonly ReportBlock[]): this {
    const from = this.head(rtcpType.senderReport, blocks.length, sender.ssrc);
    this.word(sender.ntpSeconds);
    this.word(sender.ntpFraction);
    this.word(sender.rtpTimestamp);
    this.word(sender.packetCount);
    this.word(sender.octetCount);
    for (const block of blocks) this.reportBlock(block);
    return this.close(from);
  }

  /** RFC 3550 §6.4.2; at most 31 blocks, none is a report too. */
  receiverReport(ssrc: number, blocks: readonly ReportBlock[]): this {
    const from = this.head(rtcpType.receiverReport, blocks.length, ssrc);
    for (const block of blocks) this.reportBlock(block);
    return this.close(from);
  }

  /** RFC 3550 §6.5.1: one chunk with one CNAME, ASCII, at most 255 characters. */
  canonicalName(ssrc: number, name: string): this {
    const from = this.head(rtcpType.sourceDescription, 1, ssrc);
    this.bytes[this.at] = 1;
    this.bytes[this.at + 1] = name.length;
    for (let index = 0; index < name.length; index += 1) this.bytes[this.at + 2 + index] = name.charCodeAt(index);
    this.at += 2 + name.length;
    for (let zeros = 4 - ((this.at - from) & 3); zeros > 0; zeros -= 1) {
      this.bytes[this.at] = 0;
      this.at += 1;
    }
    return this.close(from);
  }

  /** RFC 3550 §6.6; at most 31 sources. */
  bye(ssrcs: readonly number[]): this {
    const from = this.at;
    this.bytes[from] = 0x80 | ssrcs.length;
    this.bytes[from + 1] = rtcpType.bye;
    this.at += 4;
    for (const ssrc of ssrcs) this.word(ssrc);
    return this.close(from);
  }

  /** RFC 4585 §6.2.1; numbers that follow each other within 16 share an entry, so give them in order. */
  nack(senderSsrc: number, mediaSsrc: number, sequenceNumbers: readonly number[]): this {
    const from = this.feedback(rtcpType.transportFeedback, transportFeedbackFormat.nack, senderSsrc, mediaSsrc);
    for (let index = 0; index < sequenceNumbers.length; ) {
      const first = sequenceNumbers[index] ?? 0;
      let mask = 0;
      for (index += 1; index < sequenceNumbers.length; index += 1) {
        const distance = sequenceDistance(sequenceNumbers[index] ?? 0, first);
        if (distance < 1 || distance > 16) break;
        mask |= 1 << (distance - 1);
      }
      writeUint16(this.bytes, this.at, first);
      writeUint16(this.bytes, this.at + 2, mask);
      this.at += 4;
    }
    return this.close(from);
  }

  /** RFC 4585 §6.3.1. */
  pictureLossIndication(senderSsrc: number, mediaSsrc: number): this {
    return this.close(this.feedback(rtcpType.payloadFeedback, payloadFeedbackFormat.pictureLossIndication, senderSsrc, mediaSsrc));
  }

  /** RFC 5104 §4.3.1: the media source field stays 0, the entries name the streams. */
  fullIntraRequest(senderSsrc: number, requests: readonly FullIntraRequest[]): this {
    const from = this.feedback(rtcpType.payloadFeedback, payloadFeedbackFormat.fullIntraRequest, senderSsrc, 0);
    for (const { ssrc, sequenceNumber } of requests) {
      this.word(ssrc);
      this.word(sequenceNumber << 24);
    }
    return this.close(from);
  }

  /** REMB (draft-alvestrand-rmcat-remb-03 §2.2): the most that a receiver wants to get; rounded down to 18 significant bits. */
  maximumBitrate(senderSsrc: number, bitrateBps: number, ssrcs: readonly number[]): this {
    const from = this.feedback(rtcpType.payloadFeedback, payloadFeedbackFormat.applicationLayer, senderSsrc, 0);
    this.word(rembName);
    const exponent = Math.max(0, Math.ceil(Math.log2((bitrateBps + 1) / 2 ** 18)));
    this.bytes[this.at] = ssrcs.length;
    writeUint24(this.bytes, this.at + 1, (exponent << 18) | Math.floor(bitrateBps / 2 ** exponent));
    this.at += 4;
    for (const ssrc of ssrcs) this.word(ssrc);
    return this.close(from);
  }

  /** Transport-wide feedback whose body, from the base sequence number on, `write` puts at an index; `write` returns the index behind it, which is padded here. */
  transportWideFeedback(senderSsrc: number, mediaSsrc: number, write: (bytes: Uint8Array, at: number) => number): this {
    const from = this.feedback(rtcpType.transportFeedback, transportFeedbackFormat.transportWide, senderSsrc, mediaSsrc);
    this.at = write(this.bytes, this.at);
    const padding = -(this.at - from) & 3;
    if (padding === 0) return this.close(from);
    this.bytes.fill(0, this.at, this.at + padding);
    this.bytes[this.at + padding - 1] = padding;
    this.bytes[from] = (this.bytes[from] ?? 0) | 0x20;
    this.at += padding;
    return this.close(from);
  }

  private reportBlock(block: ReportBlock): void {
    this.word(block.ssrc);
    this.bytes[this.at] = block.fractionLost;
    writeUint24(this.bytes, this.at + 1, block.cumulativeLost);
    this.at += 4;
    this.word(block.extendedHighestSequenceNumber);
    this.word(block.jitter);
    this.word(block.lastSenderReport);
    this.word(block.delaySinceLastSenderReport);
  }

  private feedback(packetType: number, format: number, senderSsrc: number, mediaSsrc: number): number {
    const from = this.head(packetType, format, senderSsrc);
    this.word(mediaSsrc);
    return from;
  }

  private head(packetType: number, count: number, ssrc: number): number {
    const from = this.at;
    this.bytes[from] = 0x80 | count;
    this.bytes[from + 1] = packetType;
    this.at += 4;
    this.word(ssrc);
    return from;
  }

  private word(value: number): void {
    writeInt32(this.bytes, this.at, value);
    this.at += 4;
  }

  private close(from: number): this {
    writeUint16(this.bytes, from + 2, (this.at - from) / 4 - 1);
    return this;
  }
}
