import { LineLoss, TemporalLayerGate } from '@dialplane/conference';
import {
  ExtensionElements,
  mostVp8DescriptorBytes,
  notMapped,
  originalSequenceLength,
  RtpHeaderWriter,
  RtpPacket,
  SequenceMapping,
  TimestampMapping,
  Vp8Descriptor,
  Vp8Mapping,
  writeVp8Descriptor,
} from '@dialplane/rtp';
import { type Instant, instant } from '@dialplane/sansio';
import type { SectionSettings } from '../../process-api/leg-settings.ts';
import { CodecMatch, notAgreed } from './codec-match.ts';
import { DeliveryProgress } from './delivery-progress.ts';
import type { Leg } from '../legs/leg.ts';
import type { LegTransport } from '../transports/leg-transport.ts';
import type { PacketSender } from '../packets/packet-sender.ts';
import { ReceivedPackets } from '../packets/received-packets.ts';
import { SentExtensions } from './sent-extensions.ts';
import { SentHistory } from './sent-history.ts';
import type { SourceStream } from './source-stream.ts';
import { readStored } from './stored-packet.ts';
import type { TickPolicy } from '../tick-policy.ts';
import { WaitingPackets } from './waiting-packets.ts';

/** Where a stream's packets come from: nowhere, the mixer frame by frame, or a stream of packets. */
export type SentSource = 'none' | 'encoded' | SourceStream;

/** A packet of a mix. */
export interface EncodedPacket {
  /** Of the encoder, in units of the codec's clock. */
  readonly timestamp: number;
  readonly marker: 0 | 1;
  /** The byte of RFC 6464, or -1. */
  readonly audioLevel: number;
  /** In the slab. */
  readonly payloadOffset: number;
  readonly payloadLength: number;
}

/** What all streams of a process write with, one after the other. */
export class StreamWriters {
  readonly sender: PacketSender;
  readonly ticks: TickPolicy;
  readonly header = new RtpHeaderWriter();
  readonly vp8 = new Vp8Descriptor();
  /** A packet that has waited, as it is read, and as it is sent. */
  readonly waited = new RtpPacket();
  readonly waitedColumns = new ReceivedPackets();
  readonly noElements = new ExtensionElements();

  constructor(sender: PacketSender, ticks: TickPolicy) {
    this.sender = sender;
    this.ticks = ticks;
  }
}

/**
 * One RTP stream to a client, in the section it was agreed in: one SSRC and continuous numbers, whichever source it carries. A source of pictures begins with a key
 * frame; until that comes, the former one goes on.
 */
export class SentStream {
  readonly leg: Leg;
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly ssrc: number;
  readonly rtxSsrc: number | undefined;
  /** Which received packet each sent one was; only where a client can ask for one again. */
  readonly history: SentHistory | undefined;
  /** Which temporal layers are sent, of sources that have them. */
  readonly temporalLayers = new TemporalLayerGate();
  /** Since the start, without retransmissions (RFC 3550 §6.4.1). */
  packets = 0;
  octets = 0;
  /** Retransmissions. */
  repeated = 0;
  /** As the client reported it last. */
  lost = 0;
  jitterMs = 0;
  readonly delivery = new DeliveryProgress();
  readonly loss = new LineLoss();
  /** Of the packet that was sent last. */
  timestamp = 0;
  sentAt = instant(-Infinity);
  private readonly writers: StreamWriters;
  private agreed: SectionSettings;
  private extensions: SentExtensions;
  private source: SentSource = 'none';
  private target: SourceStream | undefined;
  private codecMatch: CodecMatch | undefined;
  /** The section that was asked about last, as it is asked about often. */
  private compared: { readonly section: SourceStream['section']; readonly agreed: SectionSettings; readonly isPossible: boolean } | undefined;
  private readonly sequence: SequenceMapping;
  private readonly timestamps: TimestampMapping;
  private readonly pictures: Vp8Mapping;
  /** Packets of the current source that the line has no room for yet. */
  private readonly waiting = new WaitingPackets();
  private rtxNumber: number;

  constructor(leg: Leg, settings: SectionSettings, writers: StreamWriters, random: () => number) {
    this.leg = leg;
    this.mid = settings.mid;
    this.kind = settings.kind;
    this.agreed = settings;
    this.ssrc = (settings.send?.ssrc ?? 0) | 0;
    this.rtxSsrc = settings.send?.rtxSsrc === undefined ? undefined : settings.send.rtxSsrc | 0;
    this.extensions = new SentExtensions(settings.extensions);
    this.history = this.rtxSsrc === undefined ? undefined : new SentHistory();
    this.writers = writers;
    // What strangers cannot guess (RFC 3550 §5.1); below 2^15, so that no wrap comes before the first packets have arrived (RFC 3711 §3.3.1).
    this.sequence = new SequenceMapping(random() & 0x7fff);
    this.timestamps = new TimestampMapping(random() | 0);
    this.pictures = new Vp8Mapping(random() & 0x7fff, random() & 0xff);
    this.rtxNumber = random() & 0x7fff;
  }

  get settings(): SectionSettings {
    return this.agreed;
  }

  get clockRate(): number {
    return this.kind === 'video' ? 90_000 : (this.agreed.codecs[0]?.clockRate ?? 48_000);
  }

  /** What is sent now. */
  get currentSource(): SentSource {
    return this.source;
  }

  /** What is sent now, or as soon as it can begin. */
  get wantedSource(): SentSource {
    return this.target ?? this.source;
  }

  /** How the payload types of the current source are written. */
  get match(): CodecMatch | undefined {
    return this.codecMatch;
  }

  /** The section was agreed on anew: numbers go on. */
  update(settings: SectionSettings): void {
    this.agreed = settings;
    this.extensions = new SentExtensions(settings.extensions);
    if (typeof this.source === 'object') this.codecMatch = new CodecMatch(this.source.section, settings.codecs);
  }

  /** Whether the client has agreed to a codec of the section. */
  canCarry(section: SourceStream['section']): boolean {
    const { agreed, compared } = this;
    if (compared?.section === section && compared.agreed === agreed) return compared.isPossible;
    const { isPossible } = new CodecMatch(section, agreed.codecs);
    this.compared = { section, agreed, isPossible };
    return isPossible;
  }

  /** Carries a client's stream, pictures from the next key frame on; or nothing, at once. */
  setSource(wanted: SourceStream | undefined): void {
    if (wanted !== undefined && wanted === (this.target ?? this.source)) return;
    this.dropTarget();
    if (wanted === undefined) return this.dropSource();
    if (wanted === this.source) return;
    this.target = wanted;
    wanted.subscribers.push(this);
    if (this.kind === 'video') wanted.needKeyFrame();
  }

  /** A client sends the same with another SSRC from now on. */
  replaceSource(gone: SourceStream, stream: SourceStream): void {
    if (this.source === gone || this.target === gone) this.setSource(stream);
  }

  /** The client cannot decode what it has (RFC 4585 §6.3.1). */
  handleKeyFrameRequest(): void {
    if (this.target !== undefined) this.target.needKeyFrame();
    else if (typeof this.source === 'object') this.source.needKeyFrame();
  }

  /** Sends what of a stream that it subscribes to is in the batch. */
  forward(stream: SourceStream, packets: ReceivedPackets, now: Instant): void {
    const { transport } = this.leg;
    if (transport?.route === undefined) return;
    if (!this.waiting.isEmpty) this.sendWaiting(now);
    for (let index = stream.firstPending; index >= 0; index = packets.next[index] ?? -1) {
      if (stream === this.source || this.begins(stream, packets, index, now)) this.forwardOne(packets, index, transport, now);
    }
  }

  /** Sends what has waited, as far as the line has room now. What its source has no more is missing. */
  sendWaiting(now: Instant): void {
    const { leg, waiting } = this;
    const { waited, waitedColumns, noElements, sender, vp8 } = this.writers;
    for (; !waiting.isEmpty; waiting.drop()) {
      const { transport } = leg;
      if (transport?.route === undefined || waiting.source !== this.source || waiting.source === undefined) break;
      if (!readStored(waiting.source, waiting.next, waited)) continue;
      if (!leg.mayLeave(waited.payloadLength, now)) return;
      waitedColumns.clear();
      waitedColumns.add(waited, noElements);
      const at = sender.share(waited.bytes.subarray(waited.payloadOffset, waited.payloadOffset + waited.payloadLength));
      waitedColumns.payloadOffset[0] = at;
      const isVp8 = this.codecMatch?.vp8Types[waited.payloadType] === 1 && vp8.read(sender.slab, at, waited.payloadLength);
      this.send(waitedColumns, 0, isVp8, transport, now);
      sender.endShared();
    }
    waiting.clear();
    leg.waiting.delete(this);
  }

  /** Sends a packet that this process has encoded, of which the first ends what was carried before. */
  sendEncoded(packet: EncodedPacket, payloadType: number, now: Instant): void {
    const { transport } = this.leg;
    if (transport?.route === undefined) return;
    if (this.source !== 'encoded') {
      this.dropTarget();
      this.dropSource();
      this.source = 'encoded';
      this.timestamps.splice(packet.timestamp, this.elapsedUnits(now));
    }
    const { header, sender } = this.writers;
    const timestamp = this.timestamps.map(packet.timestamp);
    const at = sender.begin(packet.payloadLength);
    header.begin(sender.slab, at, packet.marker, payloadType, this.sequence.insert(), timestamp, this.ssrc);
    this.extensions.writeLevel(header, packet.audioLevel);
    this.extensions.writePath(header, this.takeTransportNumber(packet.payloadLength, now), now);
    sender.addRtp(transport.outbound, transport.route, header.finish(), 0, packet.payloadOffset, packet.payloadLength);
    this.count(packet.payloadLength, timestamp, now);
  }

  /** Sends a packet of its source again, as the client asked for it by `number` (RFC 4588 §4). @returns whether it can be. */
  retransmit(packet: RtpPacket, number: number, now: Instant): boolean {
    const { transport } = this.leg;
    const { header, sender, vp8 } = this.writers;
    const payloadType = this.codecMatch?.rtxPayloadTypes[packet.payloadType] ?? notAgreed;
    if (transport?.route === undefined || this.rtxSsrc === undefined || payloadType === notAgreed) return false;
    const isVp8 = this.codecMatch?.vp8Types[packet.payloadType] === 1 && vp8.read(packet.bytes, packet.payloadOffset, packet.payloadLength);
    const pictureId = isVp8 ? this.pictures.pictureId(vp8) : 0;
    if (pictureId === notMapped) return false;
    const { slab } = sender;
    const at = sender.begin(packet.payloadLength + originalSequenceLength + mostVp8DescriptorBytes);
    header.begin(slab, at, packet.marker, payloadType, this.rtxNumber, this.timestamps.peek(packet.timestamp), this.rtxSsrc);
    this.rtxNumber = (this.rtxNumber + 1) & 0xffff;
    this.extensions.writePath(header, this.takeTransportNumber(packet.payloadLength, now), now);
    const headerLength = header.finish();
    let end = at + headerLength;
    slab[end] = number >>> 8;
    slab[end + 1] = number;
    end += originalSequenceLength;
    if (isVp8) end += writeVp8Descriptor(slab, end, vp8, pictureId, this.pictures.tl0PictureIndex(vp8));
    const skipped = isVp8 ? vp8.length : 0;
    slab.set(packet.bytes.subarray(packet.payloadOffset + skipped, packet.payloadOffset + packet.payloadLength), end);
    sender.addWholeRtp(transport.outbound, transport.route, headerLength, end + packet.payloadLength - skipped - at);
    return true;
  }

  /** Whether padding can be sent with it: a client tells retransmissions apart from the picture. */
  get canPad(): boolean {
    return this.rtxSsrc !== undefined && this.extensions.hasTransportNumber && this.packets > 0 && this.agreed.codecs[0]?.rtxPayloadType !== undefined;
  }

  /** A packet of nothing but `length` bytes of padding, 1 to 255 (RFC 3550 §5.1). */
  sendPadding(length: number, now: Instant): void {
    const { transport } = this.leg;
    const payloadType = this.agreed.codecs[0]?.rtxPayloadType;
    if (transport?.route === undefined || payloadType === undefined || this.rtxSsrc === undefined) return;
    const { header, sender } = this.writers;
    const { slab } = sender;
    const at = sender.begin(length);
    header.begin(slab, at, 0, payloadType, this.rtxNumber, this.timestamp, this.rtxSsrc);
    this.rtxNumber = (this.rtxNumber + 1) & 0xffff;
    this.extensions.writePath(header, this.takeTransportNumber(length, now), now);
    const headerLength = header.finish();
    slab[at] = (slab[at] ?? 0) | 0x20;
    slab.fill(0, at + headerLength, at + headerLength + length - 1);
    slab[at + headerLength + length - 1] = length;
    sender.addWholeRtp(transport.outbound, transport.route, headerLength, headerLength + length);
  }

  /** What a sender report says (RFC 3550 §6.4.1): which timestamp the wall clock's time has. */
  timestampAt(unixMs: number, now: Instant): number {
    const { source } = this;
    const received = typeof source === 'object' ? source.timestampAt(unixMs) : undefined;
    if (received !== undefined) return this.timestamps.peek(received);
    return (this.timestamp + Math.round(this.elapsedUnits(now))) | 0;
  }

  /** Ends what is encoded for it; nothing where it carries something else. */
  endEncoded(): void {
    if (this.source === 'encoded') this.source = 'none';
  }

  private forwardOne(packets: ReceivedPackets, index: number, transport: LegTransport<Leg>, now: Instant): void {
    const { sender, vp8 } = this.writers;
    const receivedType = packets.payloadType[index] ?? 0;
    const received = packets.sequenceNumber[index] ?? 0;
    if ((this.codecMatch?.payloadTypes[receivedType] ?? notAgreed) === notAgreed) return this.sequence.leaveOut(received);
    const payloadOffset = packets.payloadOffset[index] ?? 0;
    const payloadLength = packets.payloadLength[index] ?? 0;
    const isVp8 = this.codecMatch?.vp8Types[receivedType] === 1 && vp8.read(sender.slab, payloadOffset, payloadLength);
    if (isVp8 && !this.temporalLayers.passes(vp8)) {
      this.sequence.leaveOut(received);
      this.pictures.leaveOut(vp8);
      return;
    }
    if (this.kind === 'audio' || (this.waiting.isEmpty && this.leg.mayLeave(payloadLength, now))) this.send(packets, index, isVp8, transport, now);
    else this.wait(received, now);
  }

  private wait(received: number, now: Instant): void {
    if (typeof this.source !== 'object') return;
    this.waiting.add(this.source, received);
    this.leg.waiting.add(this);
    this.writers.ticks.noteUrgency(now);
  }

  /** @param isVp8 its descriptor has just been read. */
  private send(packets: ReceivedPackets, index: number, isVp8: boolean, { route, outbound }: LegTransport<Leg>, now: Instant): void {
    const { sender, header, vp8 } = this.writers;
    const received = packets.sequenceNumber[index] ?? 0;
    const receivedType = packets.payloadType[index] ?? 0;
    const payloadType = this.codecMatch?.payloadTypes[receivedType] ?? notAgreed;
    if (route === undefined || payloadType === notAgreed) return;
    const wholeOffset = packets.payloadOffset[index] ?? 0;
    const payloadOffset = this.codecMatch?.unwrapped[receivedType] === 1 ? (packets.primaryOffset[index] ?? 0) : wholeOffset;
    if (payloadOffset < wholeOffset) return this.sequence.leaveOut(received);
    const payloadLength = (packets.payloadLength[index] ?? 0) - (payloadOffset - wholeOffset);
    const pictureId = isVp8 ? this.pictures.pictureId(vp8) : 0;
    const number = pictureId === notMapped ? notMapped : this.sequence.map(received);
    if (number === notMapped) return;
    const timestamp = this.timestamps.map(packets.timestamp[index] ?? 0);
    const at = sender.begin(payloadLength + mostVp8DescriptorBytes);
    header.begin(sender.slab, at, packets.marker[index] ?? 0, payloadType, number, timestamp, this.ssrc);
    this.extensions.writeLevel(header, packets.audioLevel[index] ?? -1);
    this.extensions.writePath(header, this.takeTransportNumber(payloadLength, now), now);
    const headerLength = header.finish();
    const prefixLength = isVp8 ? writeVp8Descriptor(sender.slab, at + headerLength, vp8, pictureId, this.pictures.tl0PictureIndex(vp8)) : 0;
    const skipped = isVp8 ? vp8.length : 0;
    sender.addRtp(outbound, route, headerLength, prefixLength, payloadOffset + skipped, payloadLength - skipped);
    this.history?.note(number, received);
    this.count(payloadLength, timestamp, now);
  }

  /** Whether a packet of the target is one to begin with; if so it is the source from here on. */
  private begins(stream: SourceStream, packets: ReceivedPackets, index: number, now: Instant): boolean {
    if (stream !== this.target || (this.kind === 'video' && packets.startsKeyFrame[index] === 0)) return false;
    const { vp8, sender } = this.writers;
    this.target = undefined;
    this.dropSource();
    this.source = stream;
    this.codecMatch = new CodecMatch(stream.section, this.agreed.codecs);
    this.sequence.splice(packets.sequenceNumber[index] ?? 0);
    this.timestamps.splice(packets.timestamp[index] ?? 0, this.elapsedUnits(now));
    if (vp8.read(sender.slab, packets.payloadOffset[index] ?? 0, packets.payloadLength[index] ?? 0)) this.pictures.splice(vp8);
    this.temporalLayers.restart();
    this.history?.clear();
    return true;
  }

  private takeTransportNumber(length: number, now: Instant): number {
    return this.extensions.hasTransportNumber ? this.leg.takeTransportNumber(length, now) : 0;
  }

  private elapsedUnits(now: Instant): number {
    return this.packets === 0 ? 0 : ((now - this.sentAt) * this.clockRate) / 1000;
  }

  private count(length: number, timestamp: number, now: Instant): void {
    this.packets += 1;
    this.octets += length;
    this.timestamp = timestamp;
    this.sentAt = now;
  }

  /** Goes on with what is sent now. */
  dropTarget(): void {
    if (this.target !== undefined) unsubscribe(this.target, this);
    this.target = undefined;
  }

  private dropSource(): void {
    if (typeof this.source === 'object') unsubscribe(this.source, this);
    this.waiting.clear();
    this.leg.waiting.delete(this);
    this.source = 'none';
  }
}

function unsubscribe({ subscribers }: SourceStream, stream: SentStream): void {
  const at = subscribers.indexOf(stream);
  if (at >= 0) subscribers.splice(at, 1);
}
