import { BitrateMeter, type PictureLayer } from '@dialplane/conference';
import { type RtpPacket, NackGenerator, ReceiveStatistics, RetransmissionStore, StreamClock, TelephoneEventReceiver } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { SectionCodec } from '../../process-api/leg-settings.ts';
import { isMedia } from './codec-match.ts';
import type { PictureSource } from '../pictures/picture-source.ts';
import { Receivers } from '../forwarding/receivers.ts';
import { packetWords, type ReceivedPackets } from '../packets/received-packets.ts';
import type { RepacketizedStream } from '../sound/repacketized-stream.ts';
import type { ReceivedSection } from '../legs/received-section.ts';
import type { SentStream } from './sent-stream.ts';
import type { SourceStream } from './source-stream.ts';

/** A key frame is asked for once in this time, however many need one. */
const keyFrameIntervalMs = 500;
/** What is kept for retransmissions to receivers. */
const kept = { keepMs: 1000, leastBytes: 32 * 1024, mostBytes: 1024 * 1024 };
/** Of the lowest layer of a picture. */
const usualBps = 120_000;
const meterMs = 1_000;
/** A layer of a simulcast is there while packets of it come. */
const aliveMs = 1_000;
/** While packets have just come, what is measured is what it takes; a pause that begins makes it less. */
const recentMs = 100;

/** One RTP stream that a client sends: a microphone, a picture, or one layer of a simulcast. */
export class ReceivedStream implements SourceStream {
  readonly section: ReceivedSection;
  readonly ssrc: number;
  /** Of its retransmissions; undefined until it is known, and where there are none. */
  rtxSsrc: number | undefined;
  /** Which layer of the section it is, lowest first; 0 without simulcast. */
  readonly layer: number;
  readonly statistics: ReceiveStatistics;
  readonly clock: StreamClock;
  readonly nacks = new NackGenerator();
  readonly retransmissions: RetransmissionStore | undefined;
  /** To whom it is forwarded, or is to be from the next key frame on. */
  readonly subscribers: SentStream[] = [];
  readonly receivers = new Receivers();
  /** Its way into a composed picture; absent where it is in none. */
  composing: PictureSource | undefined;
  /** Its packets in the batch that is being served; -1 is none. */
  firstPending = -1;
  heardAt: Instant;
  /** Of the picture in the last key frame, in pixels; 0 where that is not known. */
  height = 0;
  /** Of the codec that it carries now, keys and comfort noise aside; -1 before there was one. */
  payloadType: number;
  /** Payload of its last packet in that codec; 0 before there was one. */
  soundBytes = 0;
  /** The same for a telephone that wants packets of another length; absent where nobody does. */
  repacketized: RepacketizedStream | undefined;
  /** Its sender says that it may be silent for a while (comfort noise came last). */
  announcesSilence = false;
  /** The highest that was seen; 0 where there are none. */
  temporalLayer = 0;
  private events: TelephoneEventReceiver | undefined;
  /** Its sender was asked to leave it out, and did: it can be had again. */
  isLeftOut = false;
  /** What it took when it last came. */
  private knownBps: number | undefined;
  private meter = new BitrateMeter(meterMs);
  private lastPending = -1;
  private keyFrame: 'not needed' | 'needed' = 'not needed';
  private keyFrameAskedAt: Instant | undefined;

  constructor(section: ReceivedSection, ssrc: number, layer: number, codec: SectionCodec, now: Instant) {
    this.section = section;
    this.ssrc = ssrc;
    this.layer = layer;
    this.payloadType = isMedia(codec) ? codec.payloadType : -1;
    this.statistics = new ReceiveStatistics(codec.clockRate);
    this.clock = new StreamClock(codec.clockRate);
    this.retransmissions = section.kind === 'video' ? new RetransmissionStore(kept) : undefined;
    this.heardAt = now;
  }

  /** Counts a packet. @returns whether it is one to go on with: not one whose numbers are absurd. */
  note(packet: RtpPacket, isRetransmission: boolean, now: Instant): boolean {
    // What it was before a pause says nothing of what comes now.
    if (!this.isAlive(now)) this.meter = new BitrateMeter(meterMs);
    this.heardAt = now;
    this.meter.note(packet.length, now);
    if (!isRetransmission && !this.statistics.note(packet.sequenceNumber, packet.timestamp, packet.length, now)) return false;
    if (this.section.usesNack && this.nacks.note(packet.sequenceNumber, now)) this.needKeyFrame();
    return true;
  }

  /** Takes note of a packet of sound. @returns whether it is in the codec of the packets before it. */
  noteSound({ payloadType, payloadLength }: RtpPacket): boolean {
    if (payloadType !== this.payloadType) return false;
    this.soundBytes = payloadLength;
    return true;
  }

  /** Takes a packet of telephone events. @returns The key that it is the first to tell of. */
  noteEvent(packet: RtpPacket, clockRate: number): string | undefined {
    this.events ??= new TelephoneEventReceiver(clockRate, this.section.leg.telephone?.markerlessDtmf);
    return this.events.take(packet);
  }

  /** Whether anybody has a use for its pictures: as they are, or in a composed one. */
  get isSeen(): boolean {
    return this.subscribers.length > 0 || this.composing !== undefined;
  }

  isAlive(now: Instant): boolean {
    return now - this.heardAt < aliveMs;
  }

  /** What it is as a layer of a picture; before a second has been measured, as much as such layers usually take. Of one that pauses, as it was. */
  pictureLayer(now: Instant): PictureLayer {
    const { layer, height, temporalLayer } = this;
    const { knownBps = 0 } = this;
    const measured = this.isAlive(now) ? this.meter.bitsPerSecond(now) : undefined;
    if (measured !== undefined && (measured > knownBps || now - this.heardAt < recentMs)) this.knownBps = measured;
    return { layer, height, temporalLayers: temporalLayer + 1, bitrateBps: this.knownBps ?? usualBps * 3 ** layer };
  }

  addPending(index: number, packets: ReceivedPackets): void {
    if (this.lastPending >= 0) packets.write(this.lastPending, packetWords.next, index);
    else this.firstPending = index;
    this.lastPending = index;
  }

  clearPending(): void {
    this.firstPending = this.lastPending = -1;
  }

  needKeyFrame(): void {
    this.keyFrame = 'needed';
    this.section.leg.hurry();
  }

  /** Whether packets of it are to be asked for again, or a key frame. */
  get isIncomplete(): boolean {
    return this.nacks.pollTimeout() !== undefined || (this.keyFrame === 'needed' && this.isSeen);
  }

  timestampAt(unixMs: number): number | undefined {
    const ahead = this.section.leg.senderClock.ourTimeOf(0);
    return ahead === undefined ? undefined : this.clock.timestampOf(unixMs - ahead);
  }

  /** One has come. */
  settleKeyFrame(): void {
    this.keyFrame = 'not needed';
  }

  /** Goes on with what another stream of the same layer was forwarded to. */
  takeOver(gone: ReceivedStream): void {
    for (const subscriber of gone.subscribers.slice()) subscriber.replaceSource(gone, this);
  }

  /** Whether a key frame is to be asked for now: one is needed and none is on its way (RFC 4585 §6.3.1). */
  takeKeyFrameRequest(now: Instant): boolean {
    if (this.keyFrame === 'not needed') return false;
    if (this.keyFrameAskedAt !== undefined && now - this.keyFrameAskedAt < keyFrameIntervalMs) return false;
    this.keyFrameAskedAt = now;
    return true;
  }
}
