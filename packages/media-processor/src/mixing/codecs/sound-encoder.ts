import type { OpusEncoderOptions } from '@dialplane/kernels';
import type { MixCodec } from '../audio-mixer.ts';
import type { AudioWorkspace } from '../audio-workspace.ts';
import { FrameResampler } from './frame-resampler.ts';
import { samplesOfFrame, type SampleRate, sampleRates } from './sample-rates.ts';
import { openTelephonyEncoder, type TelephonyCodec } from './telephony-codecs.ts';

/** What a mix is encoded to; listeners of one format can share frames. */
export interface SoundFormat {
  readonly codec: MixCodec;
  readonly bitrateBps: number;
  readonly redundancy: 'none' | 'inBand';
}

/** Makes packets of frames of 20 ms, in order. */
export interface SoundEncoder {
  /** Encodes the frame at `at` into `encoded` of the workspace. @returns How many bytes. */
  encode(at: number): number;
  /** Goes on as another one of the same format and rate would: who hears that one can be moved to this one without a seam. */
  continueFrom(other: SoundEncoder): void;
  close(): void;
}

/** Half of what the highest one costs in time, for hardly less quality of speech. */
const opusComplexity = 5;

/** What the encoder is told where packets are repeated: told less, it repeats hardly anything, and told more, it leaves too little for the packet itself. Best at each loss from 3 to 15 %. */
const protectedLossPercent = 10;

/** @param rate Of the frames that it is given. */
export function openSoundEncoder(workspace: AudioWorkspace, { codec, bitrateBps, redundancy }: SoundFormat, rate: SampleRate): SoundEncoder {
  if (codec === 'opus') return new OpusSoundEncoder(workspace, rate, { bitrateBps, complexity: opusComplexity, expectedLossPercent: redundancy === 'none' ? 0 : protectedLossPercent });
  return new TelephonySoundEncoder(workspace, openTelephonyEncoder(workspace.kernels, codec), rate, sampleRates[codec]);
}

class OpusSoundEncoder implements SoundEncoder {
  private readonly workspace: AudioWorkspace;
  private readonly frameSamples: number;
  private readonly encoder: number;

  constructor(workspace: AudioWorkspace, rate: SampleRate, options: OpusEncoderOptions) {
    this.workspace = workspace;
    this.frameSamples = samplesOfFrame(rate);
    this.encoder = workspace.kernels.opus.openEncoder(rate, options);
  }

  encode(at: number): number {
    return this.workspace.encode(this.workspace.kernels.opus, this.encoder, at, this.frameSamples);
  }

  continueFrom(other: SoundEncoder): void {
    if (other instanceof OpusSoundEncoder) this.workspace.kernels.opus.copyEncoder(other.encoder, this.encoder);
  }

  close(): void {
    this.workspace.kernels.opus.closeEncoder(this.encoder);
  }
}

/** The others have one rate each. */
class TelephonySoundEncoder implements SoundEncoder {
  private readonly workspace: AudioWorkspace;
  private readonly opened: TelephonyCodec;
  private readonly frameSamples: number;
  private readonly resampler: FrameResampler | undefined;

  constructor(workspace: AudioWorkspace, opened: TelephonyCodec, given: SampleRate, own: SampleRate) {
    this.workspace = workspace;
    this.opened = opened;
    this.frameSamples = samplesOfFrame(own);
    this.resampler = given === own ? undefined : new FrameResampler(workspace, given, own);
  }

  encode(at: number): number {
    const { workspace, resampler } = this;
    const { codec, number } = this.opened;
    if (resampler === undefined) return workspace.encode(codec, number, at, this.frameSamples);
    const own = workspace.scratch(0);
    resampler.run(at, own);
    return workspace.encode(codec, number, own, this.frameSamples);
  }

  continueFrom(): void {
    // G.711 remembers nothing; the others and the filter find their way within a frame.
  }

  close(): void {
    this.resampler?.close();
    this.opened.close();
  }
}
