import { type ExtensionElements, extensionKind, type RtpPacket } from '@dialplane/rtp';

/** As many as the socket kernel brings at once. */
const capacity = 1024;

/**
 * The RTP packets of one batch that belong to streams, in columns: what forwarding needs of each, read once however many receive it. Offsets are in the slab and, as
 * everything here, valid until the batch is served. Packets of one stream are a list, linked by `next`.
 */
export class ReceivedPackets {
  readonly payloadOffset = new Int32Array(capacity);
  readonly payloadLength = new Int32Array(capacity);
  /** As they came, 16 bits. */
  readonly sequenceNumber = new Uint16Array(capacity);
  readonly timestamp = new Int32Array(capacity);
  readonly payloadType = new Uint8Array(capacity);
  readonly marker = new Uint8Array(capacity);
  /** The byte of RFC 6464, voice flag and level; -1 where the packet has none. */
  readonly audioLevel = new Int16Array(capacity);
  /** Of RED: where what it brings begins, without what it repeats; 0 of everything else. */
  readonly primaryOffset = new Int32Array(capacity);
  /** 1 where a receiver can start to decode. */
  readonly startsKeyFrame = new Uint8Array(capacity);
  /** The next packet of the same stream, -1 at the end. */
  readonly next = new Int32Array(capacity);
  private used = 0;

  get count(): number {
    return this.used;
  }

  clear(): void {
    this.used = 0;
  }

  /** Takes over what the records say. @returns the index of the packet, or -1 where the batch is full. */
  add(packet: RtpPacket, elements: ExtensionElements): number {
    const index = this.used;
    if (index === capacity) return -1;
    this.used = index + 1;
    this.payloadOffset[index] = packet.payloadOffset;
    this.payloadLength[index] = packet.payloadLength;
    this.sequenceNumber[index] = packet.sequenceNumber;
    this.timestamp[index] = packet.timestamp;
    this.payloadType[index] = packet.payloadType;
    this.marker[index] = packet.marker;
    this.primaryOffset[index] = 0;
    this.startsKeyFrame[index] = 0;
    this.next[index] = -1;
    const { offsets, lengths } = elements;
    this.audioLevel[index] = lengths[extensionKind.audioLevel] === 0 ? -1 : (packet.bytes[offsets[extensionKind.audioLevel] ?? 0] ?? 0);
    return index;
  }
}
