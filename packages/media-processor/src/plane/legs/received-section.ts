import { isDeepStrictEqual } from 'node:util';
import type { MediaStreamType } from '@dialplane/calling-api';
import type { PictureLayer } from '@dialplane/conference';
import { type KeyFrameTest, type RtpPacket, Vp8Descriptor, vp8KeyFrameSize } from '@dialplane/rtp';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { SectionCodec, SectionSettings } from '../../process-api/leg-settings.ts';
import type { Leg } from './leg.ts';
import { redundantAudio } from '../streams/codec-match.ts';
import { keyFrameTestOf } from '../streams/key-frame-tests.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';

/** So long after its sender was asked for more of it a layer is thought to be on its way: a signaling trip and the start of an encoder. */
const comingMs = 3_000;

/** A section in which a client sends: what its payload types mean, and the streams that have come. */
export class ReceivedSection {
  readonly leg: Leg;
  readonly settings: SectionSettings;
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly mediaStreamType: MediaStreamType;
  /** Names of its layers, lowest first; one without a name where there is no simulcast. */
  readonly rids: readonly string[];
  readonly declaredSsrcs: ReadonlyArray<{ readonly ssrc: number; readonly rtxSsrc?: number }>;
  /** Streams by layer; holes where none has come. */
  readonly layers: Array<ReceivedStream | undefined>;
  readonly usesNack: boolean;
  readonly codecs: readonly SectionCodec[];
  /** How many layers its sender was asked for last, lowest first; and until when those that were asked for again may still come. */
  private asked: number;
  private comingUntil: Instant | undefined;
  private readonly byPayloadType: Array<SectionCodec | undefined> = [];
  private readonly originals: Array<SectionCodec | undefined> = [];
  private readonly vp8 = new Vp8Descriptor();
  private readonly keyFrameTests: Array<KeyFrameTest | undefined> = [];

  constructor(leg: Leg, settings: SectionSettings, receive: NonNullable<SectionSettings['receive']>) {
    this.leg = leg;
    this.settings = settings;
    this.mid = settings.mid;
    this.kind = settings.kind;
    this.mediaStreamType = receive.mediaStreamType;
    this.rids = receive.rids.length === 0 ? [''] : receive.rids;
    this.declaredSsrcs = receive.ssrcs;
    this.layers = this.rids.map(() => undefined);
    this.asked = this.rids.length;
    this.usesNack = settings.codecs.some(({ nack }) => nack);
    this.codecs = settings.codecs;
    for (const codec of settings.codecs) {
      this.byPayloadType[codec.payloadType] = codec;
      this.keyFrameTests[codec.payloadType] = keyFrameTestOf(codec.name);
      if (codec.rtxPayloadType !== undefined) this.originals[codec.rtxPayloadType] = codec;
    }
  }

  /** Whether it is what it was, as far as the client's sending goes. */
  isSame({ mid, kind, codecs, extensions, receive }: SectionSettings): boolean {
    const { settings } = this;
    return mid === this.mid && kind === this.kind && isDeepStrictEqual([codecs, extensions, receive], [settings.codecs, settings.extensions, settings.receive]);
  }

  codecOf(payloadType: number): SectionCodec | undefined {
    return this.byPayloadType[payloadType];
  }

  /** Whether packets of this payload type repeat those before them (RFC 2198). */
  isRedundant(payloadType: number): boolean {
    return this.byPayloadType[payloadType]?.name === redundantAudio;
  }

  /** The codec whose retransmissions have this payload type (RFC 4588 §8). */
  retransmittedBy(payloadType: number): SectionCodec | undefined {
    return this.originals[payloadType];
  }

  uses(payloadType: number): boolean {
    return this.byPayloadType[payloadType] !== undefined || this.originals[payloadType] !== undefined;
  }

  /** Looks into a packet of a picture. @returns whether a receiver can start with it. */
  inspect({ payloadType, bytes, payloadOffset, payloadLength }: RtpPacket, stream: ReceivedStream): boolean {
    if (this.byPayloadType[payloadType]?.name !== 'VP8') return this.keyFrameTests[payloadType]?.(bytes, payloadOffset, payloadLength) ?? false;
    const { vp8 } = this;
    if (!vp8.read(bytes, payloadOffset, payloadLength)) return false;
    if (vp8.temporalLayer > stream.temporalLayer) stream.temporalLayer = vp8.temporalLayer;
    if (vp8.startsKeyFrame) stream.height = vp8KeyFrameSize(bytes, payloadOffset + vp8.length, payloadLength - vp8.length) & 0xffff;
    return vp8.startsKeyFrame;
  }

  /** Its sender is asked for so many layers, lowest first: what came and is left out from now on can be had again. */
  ask(layers: number, now: Instant): void {
    if (layers > this.asked) this.comingUntil = addMilliseconds(now, comingMs);
    for (const stream of this.layers) if (stream !== undefined) stream.isLeftOut = stream.layer >= layers && (stream.isLeftOut || stream.isAlive(now));
    this.asked = layers;
  }

  /** The layers that come in now, lowest first. A picture may pause, as a screen on which nothing moves does, and one that nobody watched; then it is the lowest one that begins again. */
  pictureLayers(now: Instant): readonly PictureLayer[] {
    return this.describe((stream) => stream.isAlive(now), now);
  }

  /** The same, with those that come when they are asked for. */
  attainableLayers(now: Instant): readonly PictureLayer[] {
    const isComing = this.comingUntil !== undefined && now < this.comingUntil;
    return this.describe((stream) => stream.isAlive(now) || stream.isLeftOut || isComing, now);
  }

  private describe(isThere: (stream: ReceivedStream) => boolean, now: Instant): readonly PictureLayer[] {
    const seen = this.layers.filter((stream) => stream !== undefined);
    const there = seen.filter(isThere);
    return (there.length === 0 ? seen.slice(0, 1) : there).map((stream) => stream.pictureLayer(now));
  }

  /** Which of its layers come in now, as the number of the highest, counted from 1; 0 where nothing does. */
  layersSent(now: Instant): number {
    return this.layers.findLastIndex((stream) => stream?.isAlive(now) === true) + 1;
  }
}
