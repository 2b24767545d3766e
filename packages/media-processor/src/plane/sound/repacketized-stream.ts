import { ExtensionElements, RtpHeaderWriter, rtpHeaderLength, RtpPacket, sequenceDistance } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import { Receivers } from '../forwarding/receivers.ts';
import type { FanOut } from '../forwarding/fan-out.ts';
import type { PacketSender } from '../packets/packet-sender.ts';
import { packetWords, ReceivedPackets } from '../packets/received-packets.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';
import type { SentStream } from '../streams/sent-stream.ts';
import type { SourceStream } from '../streams/source-stream.ts';
import { bytesPerMsOf, type DivisibleCodec, Repacketizer, type SoundPacket } from './repacketizer.ts';

/** In bytes: no telephone sends more, and what is longer is left out. */
const longestPayload = 1500;

/** What all repacketized streams of a process are sent with, one after the other. */
export class RepacketizingParts {
  readonly sender: PacketSender;
  readonly fanOut: FanOut;
  readonly header = new RtpHeaderWriter();
  readonly packet = new RtpPacket();
  readonly packets = new ReceivedPackets();
  readonly noElements = new ExtensionElements();
  /** Of the packet that is made. */
  readonly room = new Uint8Array(rtpHeaderLength + longestPayload);

  constructor(sender: PacketSender, fanOut: FanOut) {
    this.sender = sender;
    this.fanOut = fanOut;
  }
}

export interface PacketsWanted {
  /** That of packets with the payload type. */
  readonly codec: DivisibleCodec;
  readonly payloadType: number;
  /** A multiple of 10, 10 to 60. */
  readonly packetMs: number;
}

/**
 * The sound of a telephone in packets of the length that the other one wants (RFC 8866 §6.4), as a source: what is in them is not touched. Keys and comfort noise go as they came, after the sound
 * that was before them; a packet that comes late is lost, and one that is lost is missing here as well.
 */
export class RepacketizedStream implements SourceStream {
  readonly ssrc = 1;
  readonly section: ReceivedStream['section'];
  readonly retransmissions = undefined;
  readonly subscribers: SentStream[] = [];
  readonly receivers = new Receivers();
  readonly packetMs: number;
  readonly payloadType: number;
  firstPending = -1;
  private readonly origin: ReceivedStream;
  private readonly parts: RepacketizingParts;
  private readonly repacketizer: Repacketizer;
  private readonly bytesPerMs: number;
  private sequenceNumber = 0;
  /** Of the packet that came last. */
  private newest: number | undefined;

  constructor(origin: ReceivedStream, { codec, payloadType, packetMs }: PacketsWanted, parts: RepacketizingParts) {
    this.origin = origin;
    this.section = origin.section;
    this.payloadType = payloadType;
    this.packetMs = packetMs;
    this.parts = parts;
    this.repacketizer = new Repacketizer(codec, packetMs);
    this.bytesPerMs = bytesPerMsOf(codec);
  }

  needKeyFrame(): void {
    // Sound has none.
  }

  timestampAt(unixMs: number): number | undefined {
    return this.origin.timestampAt(unixMs);
  }

  /** Takes a packet of the telephone, and sends what is whole with it. */
  push({ bytes, payloadOffset, payloadLength, payloadType, sequenceNumber, timestamp, marker }: RtpPacket, now: Instant): void {
    if (this.subscribers.length === 0) return void this.repacketizer.flush();
    const ahead = this.newest === undefined ? 1 : sequenceDistance(sequenceNumber, this.newest);
    if (ahead <= 0 || payloadLength > longestPayload) return;
    this.newest = sequenceNumber;
    const payload = bytes.subarray(payloadOffset, payloadOffset + payloadLength);
    // The frame that tells of silence in G.729 is shorter than the others, and the last one of a packet (RFC 3551 §4.5.6).
    const isSound = payloadType === this.payloadType && payloadLength % (10 * this.bytesPerMs) === 0;
    if (!isSound || ahead > 1) this.send(this.repacketizer.flush(), this.payloadType, now);
    this.sequenceNumber += ahead - 1;
    if (isSound) this.send(this.repacketizer.add({ timestamp, startsTalkspurt: marker === 1, payload }), payloadType, now);
    else this.send([{ timestamp, marker, payload }], payloadType, now);
  }

  private send(made: readonly SoundPacket[], payloadType: number, now: Instant): void {
    const { sender, fanOut, packets } = this.parts;
    if (made.length === 0) return;
    const { sharedUntil } = sender;
    for (const packet of made) this.addPacket(packet, payloadType);
    this.firstPending = 0;
    fanOut.forward(this, packets, now);
    this.firstPending = -1;
    packets.clear();
    sender.endShared(sharedUntil);
  }

  private addPacket({ timestamp, marker, payload }: SoundPacket, payloadType: number): void {
    const { header, noElements, packet, packets, room, sender } = this.parts;
    this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    header.begin(room, 0, marker, payloadType, this.sequenceNumber, timestamp, this.ssrc);
    room.set(payload, header.finish());
    const length = rtpHeaderLength + payload.length;
    packet.read(sender.slab, sender.share(room.subarray(0, length)), length);
    const index = packets.add(packet, noElements);
    if (index > 0) packets.write(index - 1, packetWords.next, index);
  }
}
