import { type RtpPacket, rtpVerdict, unwrapRetransmission } from '@dialplane/rtp';
import type { SourceStream } from './source-stream.ts';

/** Reads a packet that a source has kept, as it was sent first, by the number it came with. @returns false where the source has it no more. */
export function readStored({ retransmissions, section, ssrc }: SourceStream, sequenceNumber: number, packet: RtpPacket): boolean {
  if (retransmissions?.find(sequenceNumber) !== true) return false;
  if (packet.read(retransmissions.bytes, retransmissions.offset, retransmissions.length) !== rtpVerdict.accepted) return false;
  const original = section.retransmittedBy(packet.payloadType);
  return original === undefined || unwrapRetransmission(packet, ssrc, original.payloadType);
}
