import { g711Law, type AudioCodec, type OpusEncoderOptions } from '@dialplane/kernels';
import { unreachable } from '@dialplane/sansio';
import type { MixCodec } from './audio-mixer.ts';
import { frameSamples, type AudioWorkspace } from './audio-workspace.ts';

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
      return new TelephonySoundEncoder(workspace, workspace.kernels.g711, g711Law.muLaw, 6);
    case 'PCMA':
      return new TelephonySoundEncoder(workspace, workspace.kernels.g711, g711Law.aLaw, 6);
    case 'G722':
      throw new Error('G.722 is not encoded yet.');
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

/** G.711: another sample rate; its bytes know nothing of those before. */
class TelephonySoundEncoder implements SoundEncoder {
  private readonly workspace: AudioWorkspace;
  private readonly codec: AudioCodec;
  private readonly number: number;
  private readonly lowSamples: number;
  private readonly resampler: number;

  constructor(workspace: AudioWorkspace, codec: AudioCodec, number: number, factor: number) {
    this.workspace = workspace;
    this.codec = codec;
    this.number = number;
    this.lowSamples = frameSamples / factor;
    this.resampler = workspace.kernels.pcm.openResampler(factor, 'down');
  }

  encode(at: number): number {
    const low = this.workspace.scratch(0);
    this.workspace.resample(this.resampler, at, frameSamples, low, this.lowSamples);
    return this.workspace.encode(this.codec, this.number, low, this.lowSamples);
  }

  continueFrom(): void {
    // Only the memory of the filter would differ, half a millisecond of it.
  }

  close(): void {
    this.workspace.kernels.pcm.closeResampler(this.resampler);
  }
}
