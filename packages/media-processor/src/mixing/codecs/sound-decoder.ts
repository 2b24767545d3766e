import { decodedPart } from '@dialplane/kernels';
import type { MixCodec } from '../audio-mixer.ts';
import { type AudioWorkspace, longestPacketSamples } from '../audio-workspace.ts';
import { samplesOfFrame, type SampleRate, sampleRates } from './sample-rates.ts';
import { openTelephonyDecoder, type TelephonyCodec } from './telephony-codecs.ts';

/** A payload and where it is. */
export interface EncodedSound {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** Makes samples of the packets of one stream, in order; they go to `at` in the workspace, behind the history of what was before. */
export interface SoundDecoder {
  readonly rate: SampleRate;
  /** @returns How many samples, or a negative number for what is no packet. */
  decode(packet: EncodedSound, at: number): number;
  /** Of the packet before this one, what this one says. */
  decodeRedundancy(packet: EncodedSound, at: number, count: number): number;
  /** A guess at what was lost. */
  conceal(at: number, count: number): number;
  close(): void;
}

/** @param rate What Opus is decoded at; other codecs have a rate of their own. */
export function openSoundDecoder(workspace: AudioWorkspace, codec: MixCodec, rate: SampleRate): SoundDecoder {
  const { kernels } = workspace;
  if (codec === 'opus') {
    const number = kernels.opus.openDecoder(rate);
    return new ConcealingDecoder(workspace, { codec: kernels.opus, number, close: () => kernels.opus.closeDecoder(number) }, rate);
  }
  const opened = openTelephonyDecoder(kernels, codec);
  return codec === 'G729' ? new ConcealingDecoder(workspace, opened, sampleRates[codec]) : new PlainDecoder(workspace, opened, sampleRates[codec]);
}

const nothing: EncodedSound = { bytes: new Uint8Array(1), offset: 0, length: 0 };

/** Opus and G.729: the codec itself makes up what was lost. */
class ConcealingDecoder implements SoundDecoder {
  readonly rate: SampleRate;
  private readonly workspace: AudioWorkspace;
  private readonly opened: TelephonyCodec;

  constructor(workspace: AudioWorkspace, opened: TelephonyCodec, rate: SampleRate) {
    this.workspace = workspace;
    this.opened = opened;
    this.rate = rate;
  }

  decode(packet: EncodedSound, at: number): number {
    return this.workspace.decode(this.opened.codec, this.opened.number, packet, decodedPart.packet, at, longestPacketSamples);
  }

  decodeRedundancy(packet: EncodedSound, at: number, count: number): number {
    return this.workspace.decode(this.opened.codec, this.opened.number, packet, decodedPart.redundancy, at, count);
  }

  conceal(at: number, count: number): number {
    return this.workspace.decode(this.opened.codec, this.opened.number, nothing, decodedPart.packet, at, count);
  }

  close(): void {
    this.opened.close();
  }
}

/** How much of the voice is left in the guesses for one frame after the other. */
const fading = [1, 0.8, 0.4, 0];

/** G.711 and G.722: no concealment of their own. */
class PlainDecoder implements SoundDecoder {
  readonly rate: SampleRate;
  private readonly workspace: AudioWorkspace;
  private readonly opened: TelephonyCodec;
  private concealed = 0;

  constructor(workspace: AudioWorkspace, opened: TelephonyCodec, rate: SampleRate) {
    this.workspace = workspace;
    this.opened = opened;
    this.rate = rate;
  }

  decode(packet: EncodedSound, at: number): number {
    this.concealed = 0;
    return this.workspace.decode(this.opened.codec, this.opened.number, packet, decodedPart.packet, at, longestPacketSamples);
  }

  decodeRedundancy(_packet: EncodedSound, at: number, count: number): number {
    return this.conceal(at, count);
  }

  conceal(at: number, count: number): number {
    const frames = count / samplesOfFrame(this.rate);
    this.workspace.conceal(at, count, this.rate, { from: gainAfter(this.concealed), to: gainAfter(this.concealed + frames) });
    this.concealed += frames;
    return count;
  }

  close(): void {
    this.opened.close();
  }
}

function gainAfter(frames: number): number {
  return fading[Math.min(Math.round(frames), fading.length - 1)] ?? 0;
}
