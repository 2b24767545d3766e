import { LineLoss, TemporalLayerGate } from '@dialplane/conference';
import { mostVp8DescriptorBytes, notMapped, originalSequenceLength, type RtpPacket, writeVp8Descriptor } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { SectionSettings } from '../../process-api/leg-settings.ts';
import { CodecMatch, notAgreed } from './codec-match.ts';
import { DeliveryProgress } from './delivery-progress.ts';
import type { Leg } from '../legs/leg.ts';
import type { LegTransport } from '../transports/leg-transport.ts';
import { packetWords, type ReceivedPackets } from '../packets/received-packets.ts';
import { SentExtensions } from './sent-extensions.ts';
import { SentNumbers } from './sent-numbers.ts';
import type { SourceStream } from './source-stream.ts';
import { readStored } from './stored-packet.ts';
import type { StreamWriters } from './stream-writers.ts';
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

/**
 * One RTP stream to a client, in the section it was agreed in: one SSRC and continuous numbers, whichever source it carries. A source of pictures begins with a key
 * frame; until that comes, the former one goes on. What is simply the next packet is sent by a kernel, on terms that are lent to it after everything that comes by here.
 */
export class SentStream {
  readonly leg: Leg;
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly ssrc: number;
  readonly rtxSsrc: number | undefined;
  /** Retransmissions. */
  repeated = 0;
  /** As the client reported it last. */
  lost = 0;
  jitterMs = 0;
  readonly delivery = new DeliveryProgress();
  readonly loss = new LineLoss();
  readonly numbers: SentNumbers;
  private readonly writers: StreamWriters;
  private agreed: SectionSettings;
  private extensions: SentExtensions;
  private source: SentSource = 'none';
  private target: SourceStream | undefined;
  private codecMatch: CodecMatch | undefined;
  /** The section that was asked about last, as it is asked about often. */
  private compared: { readonly section: SourceStream['section']; readonly agreed: SectionSettings; readonly isPossible: boolean } | undefined;
  /** Which temporal layers are sent, of sources that have them. */
  private readonly temporalLayers = new TemporalLayerGate();
  /** As they came; -1 before the first packet of the source. */
  private lastReceivedType = -1;
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
    this.writers = writers;
    this.numbers = new SentNumbers(writers.tables, this.rtxSsrc !== undefined, random);
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
    this.lend();
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

  /** Sends temporal layers up to this one, of a source that has them; 3 is all there are. */
  limitTemporalLayers(highest: number): void {
    if (highest === this.temporalLayers.target) return;
    this.temporalLayers.target = highest;
    this.lend();
  }

  /** Sends what of a stream that it subscribes to is in the batch, from the packet at `first` on. */
  forward(stream: SourceStream, packets: ReceivedPackets, first: number, now: Instant): void {
    const { transport } = this.leg;
    if (transport?.route === undefined) return;
    this.numbers.settle();
    if (!this.waiting.isEmpty) this.sendWaiting(now);
    for (let index = first; index >= 0; index = packets.read(index, packetWords.next)) {
      if (stream === this.source || this.begins(stream, packets, index, now)) this.forwardOne(packets, index, transport, now);
    }
    this.lend();
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
      // A composed picture that is on its way to others is shared as well.
      const { sharedUntil } = sender;
      const at = sender.share(waited.bytes.subarray(waited.payloadOffset, waited.payloadOffset + waited.payloadLength));
      waitedColumns.write(0, packetWords.payloadOffset, at);
      const isVp8 = this.codecMatch?.vp8Types[waited.payloadType] === 1 && vp8.read(sender.slab, at, waited.payloadLength);
      this.send(waitedColumns, 0, isVp8, transport, now);
      sender.endShared(sharedUntil);
    }
    waiting.clear();
    leg.waiting.delete(this);
    this.lend();
  }

  /** Sends a packet that this process has encoded, of which the first ends what was carried before. */
  sendEncoded(packet: EncodedPacket, payloadType: number, now: Instant): void {
    const { transport } = this.leg;
    if (transport?.route === undefined) return;
    if (this.source !== 'encoded') {
      this.dropTarget();
      this.dropSource();
      this.source = 'encoded';
      this.numbers.timestamps.splice(packet.timestamp, this.elapsedUnits(now));
    }
    const { header, sender } = this.writers;
    const timestamp = this.numbers.timestamps.map(packet.timestamp);
    const at = sender.begin(packet.payloadLength);
    header.begin(sender.slab, at, packet.marker, payloadType, this.numbers.sequence.insert(), timestamp, this.ssrc);
    this.extensions.writeLevel(header, packet.audioLevel);
    this.extensions.writePath(header, this.takeTransportNumber(packet.payloadLength, now), now);
    sender.addRtp(transport.outbound, transport.route, header.finish(), 0, packet.payloadOffset, packet.payloadLength);
    this.numbers.count(packet.payloadLength, timestamp, now);
  }

  /** The number that a packet of its source came with which was sent by `number`; -1 where it is too old, came from another source, or was repeated a moment ago. */
  takeSent(number: number, now: Instant, roundTripMs: number): number {
    this.numbers.settle();
    return this.numbers.history?.take(number, now, roundTripMs) ?? -1;
  }

  /** Sends a packet of its source again, as the client asked for it by `number` (RFC 4588 §4). @returns whether it can be. */
  retransmit(packet: RtpPacket, number: number, now: Instant): boolean {
    const { transport } = this.leg;
    const { header, sender, vp8 } = this.writers;
    const payloadType = this.codecMatch?.rtxPayloadTypes[packet.payloadType] ?? notAgreed;
    if (transport?.route === undefined || this.rtxSsrc === undefined || payloadType === notAgreed) return false;
    this.numbers.settle();
    const { timestamps, pictures } = this.numbers;
    const isVp8 = this.codecMatch?.vp8Types[packet.payloadType] === 1 && vp8.read(packet.bytes, packet.payloadOffset, packet.payloadLength);
    const pictureId = isVp8 ? pictures.pictureId(vp8) : 0;
    if (pictureId === notMapped) return false;
    const { slab } = sender;
    const at = sender.begin(packet.payloadLength + originalSequenceLength + mostVp8DescriptorBytes);
    header.begin(slab, at, packet.marker, payloadType, this.rtxNumber, timestamps.peek(packet.timestamp), this.rtxSsrc);
    this.rtxNumber = (this.rtxNumber + 1) & 0xffff;
    this.extensions.writePath(header, this.takeTransportNumber(packet.payloadLength, now), now);
    const headerLength = header.finish();
    let end = at + headerLength;
    slab[end] = number >>> 8;
    slab[end + 1] = number;
    end += originalSequenceLength;
    if (isVp8) end += writeVp8Descriptor(slab, end, vp8, pictureId, pictures.tl0PictureIndex(vp8));
    const skipped = isVp8 ? vp8.length : 0;
    slab.set(packet.bytes.subarray(packet.payloadOffset + skipped, packet.payloadOffset + packet.payloadLength), end);
    sender.addWholeRtp(transport.outbound, transport.route, headerLength, end + packet.payloadLength - skipped - at);
    this.lend();
    return true;
  }

  /** Whether padding can be sent with it: a client tells retransmissions apart from the picture. */
  get canPad(): boolean {
    return this.rtxSsrc !== undefined && this.extensions.hasTransportNumber && this.numbers.packets > 0 && this.agreed.codecs[0]?.rtxPayloadType !== undefined;
  }

  /** A packet of nothing but `length` bytes of padding, 1 to 255 (RFC 3550 §5.1). */
  sendPadding(length: number, now: Instant): void {
    const { transport } = this.leg;
    const payloadType = this.agreed.codecs[0]?.rtxPayloadType;
    if (transport?.route === undefined || payloadType === undefined || this.rtxSsrc === undefined) return;
    const { header, sender } = this.writers;
    const { slab } = sender;
    const at = sender.begin(length);
    header.begin(slab, at, 0, payloadType, this.rtxNumber, this.numbers.timestamp, this.rtxSsrc);
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
    if (received !== undefined) return this.numbers.timestamps.peek(received);
    return (this.numbers.timestamp + Math.round(this.elapsedUnits(now))) | 0;
  }

  /** Ends what is encoded for it; nothing where it carries something else. */
  endEncoded(): void {
    if (this.source === 'encoded') this.source = 'none';
  }

  private forwardOne(packets: ReceivedPackets, index: number, transport: LegTransport<Leg>, now: Instant): void {
    const { sender, vp8 } = this.writers;
    const { sequence, pictures } = this.numbers;
    const receivedType = packets.read(index, packetWords.payloadType);
    const received = packets.read(index, packetWords.sequenceNumber);
    if ((this.codecMatch?.payloadTypes[receivedType] ?? notAgreed) === notAgreed) return sequence.leaveOut(received);
    const payloadOffset = packets.read(index, packetWords.payloadOffset);
    const payloadLength = packets.read(index, packetWords.payloadLength);
    const isVp8 = this.codecMatch?.vp8Types[receivedType] === 1 && vp8.read(sender.slab, payloadOffset, payloadLength);
    if (isVp8 && !this.temporalLayers.passes(vp8)) {
      sequence.leaveOut(received);
      pictures.leaveOut(vp8);
      return;
    }
    if (this.kind === 'audio' || (this.waiting.isEmpty && this.leg.mayLeave(payloadLength, now))) this.send(packets, index, isVp8, transport, now);
    else this.wait(received, now);
  }

  private wait(received: number, now: Instant): void {
    if (typeof this.source !== 'object') return;
    this.waiting.add(this.source, received);
    this.leg.waiting.add(this);
    this.leg.hurry();
    this.writers.ticks.noteUrgency(now);
  }

  /** @param isVp8 its descriptor has just been read. */
  private send(packets: ReceivedPackets, index: number, isVp8: boolean, { route, outbound }: LegTransport<Leg>, now: Instant): void {
    const { sender, header, vp8 } = this.writers;
    const { sequence, timestamps, pictures, history } = this.numbers;
    const received = packets.read(index, packetWords.sequenceNumber);
    const receivedType = packets.read(index, packetWords.payloadType);
    const payloadType = this.codecMatch?.payloadTypes[receivedType] ?? notAgreed;
    if (route === undefined || payloadType === notAgreed) return;
    const wholeOffset = packets.read(index, packetWords.payloadOffset);
    const payloadOffset = this.codecMatch?.unwrapped[receivedType] === 1 ? packets.read(index, packetWords.primaryOffset) : wholeOffset;
    if (payloadOffset < wholeOffset) return sequence.leaveOut(received);
    const payloadLength = packets.read(index, packetWords.payloadLength) - (payloadOffset - wholeOffset);
    const pictureId = isVp8 ? pictures.pictureId(vp8) : 0;
    const number = pictureId === notMapped ? notMapped : sequence.map(received);
    if (number === notMapped) return;
    this.lastReceivedType = receivedType;
    const timestamp = timestamps.map(packets.read(index, packetWords.timestamp));
    const at = sender.begin(payloadLength + mostVp8DescriptorBytes);
    header.begin(sender.slab, at, packets.read(index, packetWords.marker), payloadType, number, timestamp, this.ssrc);
    this.extensions.writeLevel(header, packets.read(index, packetWords.audioLevel));
    this.extensions.writePath(header, this.takeTransportNumber(payloadLength, now), now);
    const headerLength = header.finish();
    const prefixLength = isVp8 ? writeVp8Descriptor(sender.slab, at + headerLength, vp8, pictureId, pictures.tl0PictureIndex(vp8)) : 0;
    const skipped = isVp8 ? vp8.length : 0;
    sender.addRtp(outbound, route, headerLength, prefixLength, payloadOffset + skipped, payloadLength - skipped);
    history?.note(number, received);
    this.numbers.count(payloadLength, timestamp, now);
  }

  /** Whether a packet of the target is one to begin with; if so it is the source from here on. */
  private begins(stream: SourceStream, packets: ReceivedPackets, index: number, now: Instant): boolean {
    if (stream !== this.target || (this.kind === 'video' && packets.read(index, packetWords.startsKeyFrame) === 0)) return false;
    const { vp8, sender } = this.writers;
    this.target = undefined;
    this.dropSource();
    this.source = stream;
    this.codecMatch = new CodecMatch(stream.section, this.agreed.codecs);
    this.lastReceivedType = -1;
    const { numbers } = this;
    numbers.open(this, stream.receivers);
    numbers.sequence.splice(packets.read(index, packetWords.sequenceNumber));
    numbers.timestamps.splice(packets.read(index, packetWords.timestamp), this.elapsedUnits(now));
    if (vp8.read(sender.slab, packets.read(index, packetWords.payloadOffset), packets.read(index, packetWords.payloadLength))) numbers.pictures.splice(vp8);
    this.temporalLayers.restart();
    numbers.history?.clear();
    return true;
  }

  private takeTransportNumber(length: number, now: Instant): number {
    return this.extensions.hasTransportNumber ? this.leg.takeTransportNumber(length, now) : 0;
  }

  private elapsedUnits(now: Instant): number {
    return this.numbers.packets === 0 ? 0 : ((now - this.numbers.sentAt) * this.clockRate) / 1000;
  }

  /** What is simply the next packet need not come by here, unless others wait before it, or more than numbers would have to be changed. */
  private lend(): void {
    const { codecMatch, kind, leg: { transport }, lastReceivedType, numbers, temporalLayers: { settledLayer } } = this;
    const isVp8 = codecMatch?.vp8Types[lastReceivedType] === 1;
    const sentType = codecMatch?.payloadTypes[lastReceivedType] ?? notAgreed;
    const isSimple = sentType !== notAgreed && codecMatch?.unwrapped[lastReceivedType] === 0 && this.waiting.isEmpty && !(isVp8 && settledLayer < 0);
    if (transport === undefined || !isSimple) return numbers.reclaim();
    numbers.lend({
      line: transport.line.number, ssrc: this.ssrc, receivedType: lastReceivedType, sentType, isVp8, isPaced: kind === 'video', temporalLayer: settledLayer, extensions: this.extensions.ids,
    });
  }

  /** Goes on with what is sent now. */
  dropTarget(): void {
    if (this.target !== undefined) unsubscribe(this.target, this);
    this.target = undefined;
  }

  private dropSource(): void {
    if (typeof this.source === 'object') unsubscribe(this.source, this);
    this.numbers.close();
    this.waiting.clear();
    this.leg.waiting.delete(this);
    this.source = 'none';
  }
}

function unsubscribe({ subscribers }: SourceStream, stream: SentStream): void {
  const at = subscribers.indexOf(stream);
  if (at >= 0) subscribers.splice(at, 1);
}
