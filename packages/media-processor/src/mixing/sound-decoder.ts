import { decodedPart, g711Law, type AudioCodec } from '@dialplane/kernels';
import { unreachable } from '@dialplane/sansio';
import type { MixCodec } from './audio-mixer.ts';
import { frameSamples, type AudioWorkspace, longestPacketSamples } from './audio-workspace.ts';

/** A payload and where it is. */
export interface EncodedSound {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** Makes samples at 48 kHz of the packets of one stream, in order; they go to `at` in the workspace, behind `historySamples` of what was before. */
export interface SoundDecoder {
  /** @returns How many samples, or a negative number for what is no packet. */
  decode(packet: EncodedSound, at: number): number;
  /** Of the packet before this one, what this one says. */
  decodeRedundancy(packet: EncodedSound, at: number, count: number): number;
  /** A guess at what was lost. */
  conceal(at: number, count: number): number;
  close(): void;
}

export function openSoundDecoder(workspace: AudioWorkspace, codec: MixCodec): SoundDecoder {
  switch (codec) {
    case 'opus':
      return new OpusSoundDecoder(workspace);
    case 'PCMU':
      return new TelephonySoundDecoder(workspace, { codec: workspace.kernels.g711, number: g711Law.muLaw, factor: 6, close: () => {} });
    case 'PCMA':
      return new TelephonySoundDecoder(workspace, { codec: workspace.kernels.g711, number: g711Law.aLaw, factor: 6, close: () => {} });
    case 'G722': {
      const { g722 } = workspace.kernels;
      const number = g722.openDecoder();
      return new TelephonySoundDecoder(workspace, { codec: g722, number, factor: 3, close: () => g722.closeDecoder(number) });
    }
    default:
      return unreachable(codec);
  }
}

const nothing: EncodedSound = { bytes: new Uint8Array(1), offset: 0, length: 0 };

class OpusSoundDecoder implements SoundDecoder {
  private readonly workspace: AudioWorkspace;
  private readonly decoder: number;

  constructor(workspace: AudioWorkspace) {
    this.workspace = workspace;
    this.decoder = workspace.kernels.opus.openDecoder(48_000);
  }

  decode(packet: EncodedSound, at: number): number {
    return this.workspace.decode(this.workspace.kernels.opus, this.decoder, packet, decodedPart.packet, at, longestPacketSamples);
  }

  decodeRedundancy(packet: EncodedSound, at: number, count: number): number {
    return this.workspace.decode(this.workspace.kernels.opus, this.decoder, packet, decodedPart.redundancy, at, count);
  }

  conceal(at: number, count: number): number {
    return this.workspace.decode(this.workspace.kernels.opus, this.decoder, nothing, decodedPart.packet, at, count);
  }

  close(): void {
    this.workspace.kernels.opus.closeDecoder(this.decoder);
  }
}

/** How much of the voice is left in the guesses for one frame after the other. */
const fading = [1, 0.8, 0.4, 0];

/** A codec of telephony: how many times as high 48 kHz is as its own rate. */
export interface TelephonyCodec {
  readonly codec: AudioCodec;
  readonly number: number;
  readonly factor: 3 | 6;
  close(): void;
}

/** G.711 and G.722: another sample rate, no concealment of their own. */
class TelephonySoundDecoder implements SoundDecoder {
  private readonly workspace: AudioWorkspace;
  private readonly telephony: TelephonyCodec;
  private readonly resampler: number;
  private concealed = 0;

  constructor(workspace: AudioWorkspace, telephony: TelephonyCodec) {
    this.workspace = workspace;
    this.telephony = telephony;
    this.resampler = workspace.kernels.pcm.openResampler(telephony.factor, 'up');
  }

  decode(packet: EncodedSound, at: number): number {
    const { workspace } = this;
    const { codec, number, factor } = this.telephony;
    const low = workspace.scratch(0);
    const made = workspace.decode(codec, number, packet, decodedPart.packet, low, longestPacketSamples / factor);
    if (made <= 0) return made;
    this.concealed = 0;
    return workspace.resample(this.resampler, low, made, at, longestPacketSamples);
  }

  decodeRedundancy(_packet: EncodedSound, at: number, count: number): number {
    return this.conceal(at, count);
  }

  conceal(at: number, count: number): number {
    const frames = count / frameSamples;
    this.workspace.conceal(at, count, gainAfter(this.concealed), gainAfter(this.concealed + frames));
    this.concealed += frames;
    return count;
  }

  close(): void {
    this.workspace.kernels.pcm.closeResampler(this.resampler);
    this.telephony.close();
  }
}

function gainAfter(frames: number): number {
  return fading[Math.min(Math.round(frames), fading.length - 1)] ?? 0;
}
