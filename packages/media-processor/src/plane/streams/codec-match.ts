import type { SectionCodec } from '../../process-api/leg-settings.ts';
import type { SourceStream } from './source-stream.ts';

/** In place of a payload type: the receiver has none for the format. */
export const notAgreed = -1;

/**
 * With which payload types a client gets what another sends: each numbers its codecs by itself (RFC 3264 §5.1). Name and clock rate are enough to tell them apart, since
 * each codec is agreed in one variant only (`sdp`).
 */
export class CodecMatch {
  /** By payload type of the source. */
  readonly payloadTypes = new Int16Array(128).fill(notAgreed);
  readonly rtxPayloadTypes = new Int16Array(128).fill(notAgreed);
  readonly vp8Types = new Uint8Array(128);
  /** RED of the source of which the receiver gets only what it brings (RFC 2198), because it has none, or numbers the codec in it otherwise. */
  readonly unwrapped = new Uint8Array(128);
  readonly isPossible: boolean;

  constructor(source: SourceStream['section'], codecs: readonly SectionCodec[]) {
    let matches = 0;
    for (const codec of source.codecs) {
      const same = codecs.find(({ name, clockRate }) => name === codec.name && clockRate === codec.clockRate);
      const isUnwrapped = codec.name === redundantAudio && same?.parameters !== codec.parameters;
      const match = isUnwrapped ? codecs.find(({ name }) => name === 'opus') : same;
      if (match === undefined) continue;
      if (isUnwrapped) this.unwrapped[codec.payloadType] = 1;
      if (isMedia(codec)) matches += 1;
      this.payloadTypes[codec.payloadType] = match.payloadType;
      this.rtxPayloadTypes[codec.payloadType] = match.rtxPayloadType ?? notAgreed;
      this.vp8Types[codec.payloadType] = codec.name === 'VP8' ? 1 : 0;
    }
    this.isPossible = matches > 0;
  }
}

/** Name in an rtpmap (RFC 2198 §5). */
export const redundantAudio = 'red';

/** Keys and comfort noise go with sound, and are none. */
export function isMedia({ name }: SectionCodec): boolean {
  return name !== 'telephone-event' && name !== 'CN';
}
