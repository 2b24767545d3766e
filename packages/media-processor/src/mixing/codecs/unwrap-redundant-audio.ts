import { parseRedundantAudio } from '@dialplane/rtp';
import type { AudioPacket, ReceivedPayload, SoundPayload } from '../audio-mixer.ts';

/** Who takes what is in a RED packet. */
export interface RedundantAudioTaker {
  /** What it brings: a packet like others. */
  take(codec: SoundPayload, packet: AudioPacket): void;
  /** What it says once more of a packet before it. */
  takeRepeated(codec: SoundPayload, packet: AudioPacket): void;
}

/**
 * Makes the packets of a RED packet that it stands for (RFC 2198), oldest first, one after the other in `packet` itself. One that was repeated has the sequence number that so many packets before had: senders repeat the
 * last ones, each in a packet of its own.
 * @param codecs Of payload types. What is none is left out.
 */
export function unwrapRedundantAudio(packet: AudioPacket, codecs: ReadonlyArray<ReceivedPayload | undefined>, taker: RedundantAudioTaker): void {
  const { sequenceNumber, timestamp, level } = packet;
  const blocks = parseRedundantAudio(packet.bytes, packet.offset, packet.length) ?? [];
  for (const [index, { payloadType, timestampOffset, offset, length }] of blocks.entries()) {
    const codec = codecs[payloadType];
    if (codec === undefined || codec === 'red' || length === 0) continue;
    const before = blocks.length - 1 - index;
    Object.assign(packet, { offset, length, sequenceNumber: (sequenceNumber - before) & 0xffff, timestamp: (timestamp - timestampOffset) | 0, level: before === 0 ? level : -1 });
    if (before === 0) taker.take(codec, packet);
    else taker.takeRepeated(codec, packet);
  }
}
