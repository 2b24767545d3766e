/**
 * RTP and RTCP: packets, header extensions, feedback, retransmission and the counters that reports are made of, over views into shared buffers.
 *
 * RFC 3550, 3551, 4585 (feedback), 4588 (RTX), 4733 (telephone events), 5104 (FIR), 6464 (audio levels), 2198 (RED), 8285 (header extensions) and transport-wide
 * congestion control. What belongs to every packet is a record that each read overwrites, or a writer into a buffer of the caller: nothing is allocated. RTCP, which
 * is rare, is read into values. What strangers send is never thrown at the caller: readers give a verdict, parsers answer `{ ok: false, code, at }`.
 *
 * SSRCs and timestamps are signed 32-bit integers everywhere (`| 0` of what the RFC writes; `>>> 0` to show one): half of the unsigned ones would be boxed, an
 * allocation each time they are passed on.
 *
 * Out of scope: encryption, sockets, codecs, and what to do about what was counted.
 *
 * ```ts
 * if (packet.read(slab, offset, length) !== rtpVerdict.accepted) return;
 * elements.locate(packet, leg.receivedExtensions);
 * writer.begin(scratch, at, packet.marker, payloadType, sequenceNumber, timestamp, ssrc);
 * const headerLength = writer.finish();
 * ```
 */
export type { PacketKind } from './packet-kind.ts';
export { packetKind, packetKindOf } from './packet-kind.ts';
export { sequenceDistance, timestampDistance } from './serial-numbers.ts';
export type { RtpVerdict } from './rtp-packet.ts';
export { rtpHeaderLength, RtpPacket, rtpVerdict } from './rtp-packet.ts';
export { RtpHeaderWriter } from './rtp-header-writer.ts';
export type { ExtensionKind } from './extensions/extension-kind.ts';
export { extensionKind } from './extensions/extension-kind.ts';
export type { ExtensionIds } from './extensions/header-extension-map.ts';
export { HeaderExtensionMap } from './extensions/header-extension-map.ts';
export { ExtensionElements } from './extensions/extension-elements.ts';
export type {
  FullIntraRequest,
  GenericNack,
  ReportBlock,
  RtcpErrorCode,
  RtcpPacket,
  RtcpParseResult,
  SenderInformation,
  TransportWideFeedback,
} from './rtcp/rtcp-packet.ts';
export { notReceived } from './rtcp/rtcp-packet.ts';
export { parseRtcp } from './rtcp/parse-rtcp.ts';
export { RtcpWriter } from './rtcp/rtcp-writer.ts';
export { ArrivalRecorder } from './receiving/arrival-recorder.ts';
export { ReceiveStatistics } from './receiving/receive-statistics.ts';
export { NackGenerator } from './receiving/nack-generator.ts';
export { TelephoneEventReceiver } from './receiving/telephone-event-receiver.ts';
export { ntpTimeOf, SenderClock, StreamClock, unixMillisecondsOf } from './receiving/stream-clock.ts';
export { mostVp8DescriptorBytes, Vp8Descriptor, vp8KeyFrameSize, writeVp8Descriptor } from './payload/vp8-descriptor.ts';
export type { Vp8Frame } from './payload/vp8-frame-assembler.ts';
export { Vp8FrameAssembler } from './payload/vp8-frame-assembler.ts';
export type { Vp8FrameDivision } from './payload/vp8-packets.ts';
export { divideVp8Frame, vp8FrameDescriptorLength, writeVp8FrameDescriptor } from './payload/vp8-packets.ts';
export type { KeyFrameTest } from './payload/key-frames.ts';
export { startsAv1KeyFrame, startsH264KeyFrame, startsVp9KeyFrame } from './payload/key-frames.ts';
export { originalSequenceLength, unwrapRetransmission } from './payload/retransmission.ts';
export type { RedundantBlock, SentAudio } from './payload/redundant-audio.ts';
export { encodeRedundantAudio, parseRedundantAudio, primaryAudioOffset } from './payload/redundant-audio.ts';
export type { TelephoneEvent } from './payload/telephone-event.ts';
export { dtmfTones, parseTelephoneEvent, telephoneEventLength, writeTelephoneEvent } from './payload/telephone-event.ts';
export { notMapped, SequenceMapping } from './sending/sequence-mapping.ts';
export { TimestampMapping } from './sending/timestamp-mapping.ts';
export { Vp8Mapping } from './sending/vp8-mapping.ts';
export type { RetransmissionStoreOptions } from './sending/retransmission-store.ts';
export { RetransmissionStore } from './sending/retransmission-store.ts';
