import { plainWords } from '@dialplane/kernels';
import { type ExtensionElements, extensionKind, type RtpPacket } from '@dialplane/rtp';

/** What forwarding needs of a packet: what the kernel does, and what only we do. */
export const packetWords = {
  ...plainWords,
  /** Of RED: where what it brings begins, without what it repeats; 0 of everything else. */
  primaryOffset: plainWords.own,
  /** 1 where a receiver can start to decode. */
  startsKeyFrame: plainWords.own + 1,
} as const;

/**
 * The RTP packets of one batch that belong to streams, `packetWords.stride` words each: what forwarding needs of them, read once however many receive them. Offsets are in the slab and, as
 * everything here, valid until the batch is served. Packets of one stream are a list, linked by `next`.
 */
export class ReceivedPackets {
  /** As many as the socket kernel brings at once. */
  static readonly capacity = 1024;
  readonly words = new Int32Array(ReceivedPackets.capacity * packetWords.stride);
  private used = 0;

  get count(): number {
    return this.used;
  }

  clear(): void {
    this.used = 0;
  }

  /** One word of a packet, by its name in {@link packetWords}. */
  read(index: number, word: number): number {
    return this.words[index * packetWords.stride + word] ?? 0;
  }

  write(index: number, word: number, value: number): void {
    this.words[index * packetWords.stride + word] = value;
  }

  /** Takes over what the records say. @returns the index of the packet, or -1 where the batch is full. */
  add(packet: RtpPacket, elements: ExtensionElements): number {
    const index = this.used;
    if (index === ReceivedPackets.capacity) return -1;
    this.used = index + 1;
    const { words } = this;
    const { offsets, lengths } = elements;
    const at = index * packetWords.stride;
    words[at + packetWords.payloadOffset] = packet.payloadOffset;
    words[at + packetWords.payloadLength] = packet.payloadLength;
    words[at + packetWords.sequenceNumber] = packet.sequenceNumber;
    words[at + packetWords.timestamp] = packet.timestamp;
    words[at + packetWords.payloadType] = packet.payloadType;
    words[at + packetWords.marker] = packet.marker;
    words[at + packetWords.audioLevel] = lengths[extensionKind.audioLevel] === 0 ? -1 : (packet.bytes[offsets[extensionKind.audioLevel] ?? 0] ?? 0);
    words[at + packetWords.next] = -1;
    words[at + packetWords.primaryOffset] = 0;
    words[at + packetWords.startsKeyFrame] = 0;
    return index;
  }
}
