import assert from 'node:assert/strict';
import {
  ExtensionElements,
  extensionKind,
  type ExtensionKind,
  HeaderExtensionMap,
  packetKindOf,
  parseRedundantAudio,
  primaryAudioOffset,
  parseRtcp,
  parseTelephoneEvent,
  RtpPacket,
  rtpVerdict,
  startsAv1KeyFrame,
  startsH264KeyFrame,
  startsVp9KeyFrame,
  unwrapRetransmission,
  Vp8Descriptor,
  vp8KeyFrameSize,
} from '../index.ts';

const kinds = Object.values(extensionKind).filter((kind): kind is ExtensionKind => kind !== extensionKind.none);
const map = new HeaderExtensionMap([{ audioLevel: 1, absoluteSendTime: 2, transportSequence: 3, mid: 4, rid: 10, repairedRid: 11, videoOrientation: 12, dependencyDescriptor: 13, playoutDelay: 20 }]);

/** What all readers make of `length` bytes from `offset` on, as a value that does not depend on where they are. Fails where one claims more bytes than there are. */
export function readAll(bytes: Uint8Array, offset: number, length: number): readonly unknown[] {
  const rtcp = parseRtcp(bytes.subarray(offset, offset + length));
  if (!rtcp.ok) assert.ok(rtcp.at >= 0 && rtcp.at <= length, `${rtcp.code} at ${rtcp.at} of ${length}`);
  return [packetKindOf(bytes, offset, length), rtcp, readRtp(bytes, offset, length), ...readPayload(bytes, offset, length)];
}

function readRtp(bytes: Uint8Array, offset: number, length: number): unknown {
  const packet = new RtpPacket();
  const verdict = packet.read(bytes, offset, length);
  if (verdict !== rtpVerdict.accepted) return verdict;
  assert.ok(packet.payloadOffset >= offset + 12 && packet.payloadLength >= 0);
  assert.equal(packet.payloadOffset + packet.payloadLength + packet.paddingLength, offset + length);
  const elements = new ExtensionElements();
  elements.locate(packet, map);
  for (const kind of kinds) if (elements.has(kind)) assert.ok((elements.offsets[kind] ?? 0) + (elements.lengths[kind] ?? 0) <= packet.payloadOffset);
  const { marker, payloadType, sequenceNumber, timestamp, ssrc, payloadLength } = packet;
  const { audioLevel, voiceActivity, absoluteSendTime, transportSequence } = ExtensionElements.prototype;
  const values = [audioLevel, voiceActivity, absoluteSendTime, transportSequence].map((read) => read.call(elements));
  const csrcs = Array.from({ length: packet.csrcCount }, (_, index) => packet.csrc(index));
  const payload = readPayload(bytes, packet.payloadOffset, payloadLength);
  const original = unwrapRetransmission(packet, 1, 2) ? [packet.sequenceNumber, packet.payloadLength] : undefined;
  return [marker, payloadType, sequenceNumber, timestamp, ssrc, payloadLength, csrcs, values, kinds.map((kind) => elements.text(kind)), payload, original];
}

function readPayload(bytes: Uint8Array, offset: number, length: number): readonly unknown[] {
  const vp8 = new Vp8Descriptor();
  const isVp8 = vp8.read(bytes, offset, length);
  if (isVp8) assert.ok(vp8.length < length);
  const redundant = parseRedundantAudio(bytes, offset, length);
  assert.equal(primaryAudioOffset(bytes, offset, length), redundant?.at(-1)?.offset ?? -1);
  for (const block of redundant ?? []) assert.ok(block.offset >= offset && block.offset + block.length <= offset + length);
  return [
    isVp8 ? { ...vp8 } : undefined,
    isVp8 ? vp8KeyFrameSize(bytes, offset + vp8.length, length - vp8.length) : 0,
    redundant?.map((block) => Object.assign({}, block, { offset: block.offset - offset })),
    parseTelephoneEvent(bytes, offset, length),
    [startsH264KeyFrame, startsVp9KeyFrame, startsAv1KeyFrame].map((isStart) => isStart(bytes, offset, length)),
  ];
}
