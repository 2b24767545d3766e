import { readUint16 } from '../big-endian.ts';
import type { RtpPacket } from '../rtp-packet.ts';

/** Bytes of the original sequence number in front of a retransmitted payload (RFC 4588 §4). */
export const originalSequenceLength = 2;

/**
 * Makes of a retransmission what was lost (RFC 4588 §4), in the record: sequence number, payload, and the SSRC and payload type of the original stream. The bytes
 * stay as they are. False where there is no original in it: padding, which only probes the path.
 */
export function unwrapRetransmission(packet: RtpPacket, ssrc: number, payloadType: number): boolean {
  if (packet.payloadLength <= originalSequenceLength) return false;
  packet.sequenceNumber = readUint16(packet.bytes, packet.payloadOffset);
  packet.payloadOffset += originalSequenceLength;
  packet.payloadLength -= originalSequenceLength;
  packet.ssrc = ssrc;
  packet.payloadType = payloadType;
  return true;
}
