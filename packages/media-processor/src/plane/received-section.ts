import { isDeepStrictEqual } from 'node:util';
import type { MediaStreamType } from '@dialplane/calling-api';
import type { KeyFrameTest } from '@dialplane/rtp';
import type { SectionCodec, SectionSettings } from '../process-api/leg-settings.ts';
import type { Leg } from './leg.ts';
import { keyFrameTestOf } from './key-frame-tests.ts';
import type { ReceivedStream } from './received-stream.ts';

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
  private readonly byPayloadType: Array<SectionCodec | undefined> = Array.from({ length: 128 });
  private readonly originals: Array<SectionCodec | undefined> = Array.from({ length: 128 });
  private readonly keyFrameTests: Array<KeyFrameTest | undefined> = Array.from({ length: 128 });

  constructor(leg: Leg, settings: SectionSettings, receive: NonNullable<SectionSettings['receive']>) {
    this.leg = leg;
    this.settings = settings;
    this.mid = settings.mid;
    this.kind = settings.kind;
    this.mediaStreamType = receive.mediaStreamType;
    this.rids = receive.rids.length === 0 ? [''] : receive.rids;
    this.declaredSsrcs = receive.ssrcs;
    this.layers = this.rids.map(() => undefined);
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

  /** The codec whose retransmissions have this payload type (RFC 4588 §8). */
  retransmittedBy(payloadType: number): SectionCodec | undefined {
    return this.originals[payloadType];
  }

  uses(payloadType: number): boolean {
    return this.byPayloadType[payloadType] !== undefined || this.originals[payloadType] !== undefined;
  }

  startsKeyFrame(payloadType: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.keyFrameTests[payloadType]?.(bytes, offset, length) ?? false;
  }
}
