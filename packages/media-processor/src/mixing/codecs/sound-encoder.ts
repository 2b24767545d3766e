import type { OpusEncoderOptions, OpusSignal } from '@dialplane/kernels';
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
  /** Encodes the frame at `at` into `encoded` of the workspace. @param signal What is in it, which matters to Opus alone. @returns How many bytes. */
  encode(at: number, signal: OpusSignal): number;
  /** Goes on as another one of the same format and rate would: who hears that one can be moved to this one without a seam. */
  continueFrom(other: SoundEncoder): void;
  close(): void;
}

/** Half of what the highest one costs in time, for hardly less quality of speech. */
const opusComplexity = 5;

/** What a mix between telephones has. Voice of so narrow a band is heard better, and costs less, where Opus codes it as any other sound. */
const narrowbandRate = 8000;

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
  private readonly rate: SampleRate;
  private readonly encoder: number;
  private options: OpusEncoderOptions;

  constructor(workspace: AudioWorkspace, rate: SampleRate, options: OpusEncoderOptions) {
    this.workspace = workspace;
    this.rate = rate;
    this.options = options;
    this.frameSamples = samplesOfFrame(rate);
    this.encoder = workspace.kernels.opus.openEncoder(rate, options);
  }

  encode(at: number, signal: OpusSignal): number {
    if (signal !== this.options.signal && this.rate > narrowbandRate) this.expect(signal);
    return this.workspace.encode(this.workspace.kernels.opus, this.encoder, at, this.frameSamples);
  }

  continueFrom(other: SoundEncoder): void {
    if (!(other instanceof OpusSoundEncoder)) return;
    this.workspace.kernels.opus.copyEncoder(other.encoder, this.encoder);
    this.options = other.options;
  }

  close(): void {
    this.workspace.kernels.opus.closeEncoder(this.encoder);
  }

  private expect(signal: OpusSignal): void {
    this.options = { ...this.options, signal };
    this.workspace.kernels.opus.configureEncoder(this.encoder, this.options);
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
