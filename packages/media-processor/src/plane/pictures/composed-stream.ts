import { divideVp8Frame, ExtensionElements, RetransmissionStore, rtpHeaderLength, RtpPacket, type Vp8FrameDivision, vp8FrameDescriptorLength, writeVp8FrameDescriptor } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { ComposedFrame } from '../../composing/video-composer.ts';
import type { SectionCodec } from '../../process-api/leg-settings.ts';
import type { FanOut } from '../forwarding/fan-out.ts';
import { Receivers } from '../forwarding/receivers.ts';
import type { PacketSender } from '../packets/packet-sender.ts';
import { packetWords, ReceivedPackets } from '../packets/received-packets.ts';
import type { SentStream } from '../streams/sent-stream.ts';
import type { SourceStream } from '../streams/source-stream.ts';

const codec: SectionCodec = { name: 'VP8', payloadType: 96, clockRate: 90_000, channels: 1, parameters: '', nack: true };
/** Of a frame in one packet: with all headers it stays below what every path takes. */
const mostPayloadBytes = 1100;
/** Packets of a frame that are sent to everybody before the next ones. */
const groupSize = 32;
const kept = { keepMs: 1000, leastBytes: 64 * 1024, mostBytes: 1024 * 1024 };
/** A key frame is large: asked for by many, it is made once in this time. */
const keyFrameIntervalMs = 500;

/**
 * A composed picture as a stream of RTP packets like those of a client, so that all that is done for these is done for it: numbers that go on across sources,
 * retransmissions, key frames.
 */
export class ComposedStream implements SourceStream {
  readonly ssrc = 1;
  readonly section = { codecs: [codec], retransmittedBy: () => undefined };
  readonly retransmissions = new RetransmissionStore(kept);
  readonly subscribers: SentStream[] = [];
  readonly receivers = new Receivers();
  firstPending = -1;
  private readonly sender: PacketSender;
  private readonly fanOut: FanOut;
  private readonly askForKeyFrame: () => void;
  private readonly packets = new ReceivedPackets();
  private readonly packet = new RtpPacket();
  private readonly elements = new ExtensionElements();
  private readonly room = new Uint8Array(rtpHeaderLength + vp8FrameDescriptorLength + mostPayloadBytes);
  private readonly view = new DataView(this.room.buffer);
  private keyFrame: 'not needed' | 'needed' = 'not needed';
  private keyFrameAskedAt: Instant | undefined;
  private sequenceNumber = 0;
  private pictureId = 0;

  /** @param askForKeyFrame has the composer make one. */
  constructor(sender: PacketSender, fanOut: FanOut, askForKeyFrame: () => void) {
    this.sender = sender;
    this.fanOut = fanOut;
    this.askForKeyFrame = askForKeyFrame;
  }

  needKeyFrame(): void {
    this.keyFrame = 'needed';
  }

  timestampAt(): undefined {
    return undefined;
  }

  /** To be called often. */
  handleTimeout(now: Instant): void {
    if (this.keyFrame === 'not needed' || (this.keyFrameAskedAt !== undefined && now - this.keyFrameAskedAt < keyFrameIntervalMs)) return;
    this.keyFrame = 'not needed';
    this.keyFrameAskedAt = now;
    this.askForKeyFrame();
  }

  /** Sends a frame to everybody who receives the stream. */
  send(frame: ComposedFrame, now: Instant): void {
    const division = divideVp8Frame(frame.bytes.length, mostPayloadBytes);
    for (let first = 0; first < division.count; first += groupSize) {
      const end = Math.min(division.count, first + groupSize);
      for (let place = first; place < end; place += 1) this.addPacket(frame, division, place, now);
      this.firstPending = 0;
      this.fanOut.forward(this, this.packets, now);
      this.firstPending = -1;
      this.packets.clear();
      this.sender.endShared();
    }
    this.pictureId = (this.pictureId + 1) & 0x7fff;
    this.sender.flush();
  }

  private addPacket({ bytes, timestamp, isKeyFrame }: ComposedFrame, { count, partLength }: Vp8FrameDivision, place: number, now: Instant): void {
    const part = bytes.subarray(place * partLength, (place + 1) * partLength);
    const { room, view, packet, packets, sender } = this;
    view.setUint8(0, 0x80);
    view.setUint8(1, codec.payloadType | (place === count - 1 ? 0x80 : 0));
    view.setUint16(2, this.sequenceNumber);
    view.setInt32(4, timestamp);
    view.setInt32(8, this.ssrc);
    writeVp8FrameDescriptor(room, rtpHeaderLength, place === 0, this.pictureId);
    room.set(part, rtpHeaderLength + vp8FrameDescriptorLength);
    this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    const length = rtpHeaderLength + vp8FrameDescriptorLength + part.length;
    packet.read(sender.slab, sender.share(room.subarray(0, length)), length);
    this.retransmissions.put(packet, now);
    const index = packets.add(packet, this.elements);
    packets.write(index, packetWords.startsKeyFrame, place === 0 && isKeyFrame ? 1 : 0);
    if (index > 0) packets.write(index - 1, packetWords.next, index);
  }
}
