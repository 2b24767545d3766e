import { g711Law, type OpusEncoderOptions } from '@dialplane/kernels';
import { unreachable } from '@dialplane/sansio';
import type { MixCodec } from './audio-mixer.ts';
import { frameSamples, type AudioWorkspace } from './audio-workspace.ts';
import type { TelephonyCodec } from './sound-decoder.ts';

/** What a mix is encoded to; listeners of one format can share frames. */
export interface SoundFormat {
  readonly codec: MixCodec;
  readonly bitrateBps: number;
}

/** Makes frames of 20 ms of samples at 48 kHz, in order. */
export interface SoundEncoder {
  /** Encodes `frameSamples` at `at` into `encoded` of the workspace. @returns How many bytes. */
  encode(at: number): number;
  /** Goes on as another one of the same format would: who hears that one can be moved to this one without a seam. */
  continueFrom(other: SoundEncoder): void;
  close(): void;
}

/** Half of what the highest one costs in time, for hardly less quality of speech. */
const opusComplexity = 5;

export function openSoundEncoder(workspace: AudioWorkspace, { codec, bitrateBps }: SoundFormat): SoundEncoder {
  switch (codec) {
    case 'opus':
      return new OpusSoundEncoder(workspace, { bitrateBps, complexity: opusComplexity, expectedLossPercent: 0 });
    case 'PCMU':
      return new TelephonySoundEncoder(workspace, { codec: workspace.kernels.g711, number: g711Law.muLaw, factor: 6, close: () => {} });
    case 'PCMA':
      return new TelephonySoundEncoder(workspace, { codec: workspace.kernels.g711, number: g711Law.aLaw, factor: 6, close: () => {} });
    case 'G722': {
      const { g722 } = workspace.kernels;
      const number = g722.openEncoder();
      return new TelephonySoundEncoder(workspace, { codec: g722, number, factor: 3, close: () => g722.closeEncoder(number) });
    }
    default:
      return unreachable(codec);
  }
}

class OpusSoundEncoder implements SoundEncoder {
  private readonly workspace: AudioWorkspace;
  private readonly encoder: number;

  constructor(workspace: AudioWorkspace, options: OpusEncoderOptions) {
    this.workspace = workspace;
    this.encoder = workspace.kernels.opus.openEncoder(48_000, options);
  }

  encode(at: number): number {
    return this.workspace.encode(this.workspace.kernels.opus, this.encoder, at, frameSamples);
  }

  continueFrom(other: SoundEncoder): void {
    if (other instanceof OpusSoundEncoder) this.workspace.kernels.opus.copyEncoder(other.encoder, this.encoder);
  }

  close(): void {
    this.workspace.kernels.opus.closeEncoder(this.encoder);
  }
}

/** G.711 and G.722: another sample rate. */
class TelephonySoundEncoder implements SoundEncoder {
  private readonly workspace: AudioWorkspace;
  private readonly telephony: TelephonyCodec;
  private readonly lowSamples: number;
  private readonly resampler: number;

  constructor(workspace: AudioWorkspace, telephony: TelephonyCodec) {
    this.workspace = workspace;
    this.telephony = telephony;
    this.lowSamples = frameSamples / telephony.factor;
    this.resampler = workspace.kernels.pcm.openResampler(telephony.factor, 'down');
  }

  encode(at: number): number {
    const low = this.workspace.scratch(0);
    this.workspace.resample(this.resampler, at, frameSamples, low, this.lowSamples);
    return this.workspace.encode(this.telephony.codec, this.telephony.number, low, this.lowSamples);
  }

  continueFrom(): void {
    // G.711 remembers nothing; G.722 and the filter find their way within a frame.
  }

  close(): void {
    this.workspace.kernels.pcm.closeResampler(this.resampler);
    this.telephony.close();
  }
}
