import {
  audioFailure, decodeWords, encodeWords, loadG711, loadG722, loadG729, loadOpus, loadPcm, type AudioCodec, type LoadedKernel, type NumberedCodec, type Opus, type Pcm, pcmOperation, pcmWords,
  resampleWords,
} from '@dialplane/kernels';
import type { SampleRate } from './codecs/sample-rates.ts';

/** The kernels that mixing stands on. */
export interface AudioKernels {
  readonly opus: Opus;
  readonly g711: AudioCodec;
  readonly g722: NumberedCodec;
  /** Where its library is installed. */
  readonly g729: NumberedCodec | undefined;
  readonly pcm: Pcm;
}

/** The kernels for this thread; absent where one of them is. */
export function loadAudioKernels(): LoadedKernel<AudioKernels> {
  const opus = loadOpus();
  if (opus.kind === 'absent') return opus;
  const g711 = loadG711();
  if (g711.kind === 'absent') return g711;
  const g722 = loadG722();
  if (g722.kind === 'absent') return g722;
  const pcm = loadPcm();
  if (pcm.kind === 'absent') return pcm;
  const g729 = loadG729();
  return { kind: 'loaded', exports: { opus: opus.exports, g711: g711.exports, g722: g722.exports, g729: g729.kind === 'absent' ? undefined : g729.exports, pcm: pcm.exports } };
}

/** Samples of one tick of 20 ms at the highest rate. */
export const mostFrameSamples = 960;
/** The longest packet: 120 ms, at the highest rate. */
export const longestPacketSamples = 5760;
/** What is kept of a voice that was heard, for concealment: 40 ms. */
const historyMs = 40;
const mostHistorySamples = 1920;
/** A voice's area: what was heard, what is ready to be and a packet more; and a frame at the rate of the mix. */
export const areaSamples = mostHistorySamples + mostFrameSamples + longestPacketSamples + mostFrameSamples;

export function historySamples(rate: SampleRate): number {
  return (rate * historyMs) / 1000;
}

/** Longest frame that a codec may make here. */
const mostEncodedBytes = 1276;
const scratchSamples = 6 * longestPacketSamples;
const fewAreas = 16;

/** The samples that are being worked on, and one-step calls of the kernels on them. Positions are indices into `samples`, which moves when it grows. */
export class AudioWorkspace {
  readonly kernels: AudioKernels;
  samples: Float32Array;
  /** What was encoded last. */
  readonly encoded = new Uint8Array(mostEncodedBytes);
  /** Of what was measured or decoded last: RFC 6464, and the largest magnitude. */
  level = 127;
  peak = 0;
  /** Areas that somebody has opened. */
  areasInUse = 0;
  private readonly freeAreas: number[] = [];
  private readonly words = new Int32Array(pcmWords.stride);
  private readonly floats = new Float32Array(this.words.buffer);

  constructor(kernels: AudioKernels) {
    this.kernels = kernels;
    this.samples = new Float32Array(scratchSamples);
  }

  /** Room for `longestPacketSamples`, by number 0 to 5, for whoever needs it within one step. */
  scratch(number: number): number {
    return number * longestPacketSamples;
  }

  /** An area of `areaSamples` zeros. */
  openArea(): number {
    if (this.freeAreas.length === 0) this.grow();
    const area = this.freeAreas.pop() ?? 0;
    this.areasInUse += 1;
    this.samples.fill(0, area, area + areaSamples);
    return area;
  }

  closeArea(area: number): void {
    this.freeAreas.push(area);
    this.areasInUse -= 1;
  }

  zero(at: number, count: number): void {
    this.samples.fill(0, at, at + count);
  }

  copy(destination: number, source: number, count: number): void {
    this.samples.copyWithin(destination, source, source + count);
  }

  add(destination: number, source: number, count: number): void {
    this.operate(pcmOperation.add, destination, source, count, 0);
  }

  subtract(destination: number, source: number, count: number): void {
    this.operate(pcmOperation.subtract, destination, source, count, 0);
  }

  /** Fills in `peak` and `level`. */
  measure(at: number, count: number): void {
    this.operate(pcmOperation.measure, at, at, count, 0);
    this.peak = this.floats[pcmWords.peak] ?? 0;
    this.level = this.words[pcmWords.extra] ?? 127;
  }

  /** A gain that moves from one value to another within the first of the samples. */
  limit(destination: number, source: number, count: number, gain: { readonly from: number; readonly to: number; readonly overSamples: number }): void {
    this.setGains(gain.from, gain.to);
    this.operate(pcmOperation.limit, destination, source, count, gain.overSamples);
  }

  /** Goes on with what ends at `at`. */
  conceal(at: number, count: number, rate: SampleRate, gain: { readonly from: number; readonly to: number }): void {
    const history = historySamples(rate);
    this.setGains(gain.from, gain.to);
    this.words[pcmWords.samplesPerMs] = rate / 1000;
    this.operate(pcmOperation.conceal, at, at - history, count, history);
  }

  /** @returns How many samples were made. */
  resample(resampler: number, source: number, sourceCount: number, destination: number, room: number): number {
    const { words } = this;
    words[resampleWords.resampler] = resampler;
    words[resampleWords.source] = source;
    words[resampleWords.sourceCount] = sourceCount;
    words[resampleWords.destination] = destination;
    words[resampleWords.destinationCount] = room;
    this.kernels.pcm.resample(this.samples, words, 1);
    return words[resampleWords.result] ?? audioFailure.doesNotFit;
  }

  /** Decodes and fills in `level`. @returns How many samples were made, or an audio failure. */
  decode(codec: AudioCodec, number: number, packet: { readonly bytes: Uint8Array; readonly offset: number; readonly length: number }, part: number, at: number, room: number): number {
    const { words } = this;
    words[decodeWords.codec] = number;
    words[decodeWords.byteOffset] = packet.offset;
    words[decodeWords.byteLength] = packet.length;
    words[decodeWords.sampleOffset] = at;
    words[decodeWords.sampleCount] = room;
    words[decodeWords.part] = part;
    codec.decode(packet.bytes, this.samples, words, 1);
    this.level = words[decodeWords.level] ?? 127;
    return words[decodeWords.result] ?? audioFailure.malformed;
  }

  /** Encodes into `encoded`. @returns How many bytes, or an audio failure. */
  encode(codec: AudioCodec, number: number, at: number, count: number): number {
    const { words } = this;
    words[encodeWords.codec] = number;
    words[encodeWords.sampleOffset] = at;
    words[encodeWords.sampleCount] = count;
    words[encodeWords.byteOffset] = 0;
    words[encodeWords.byteCapacity] = mostEncodedBytes;
    codec.encode(this.encoded, this.samples, words, 1);
    return words[encodeWords.result] ?? audioFailure.doesNotFit;
  }

  private setGains(from: number, to: number): void {
    this.floats[pcmWords.gainFrom] = from;
    this.floats[pcmWords.gainTo] = to;
  }

  private operate(kind: number, destination: number, source: number, count: number, extra: number): void {
    const { words } = this;
    words[pcmWords.kind] = kind;
    words[pcmWords.destination] = destination;
    words[pcmWords.source] = source;
    words[pcmWords.count] = count;
    words[pcmWords.extra] = extra;
    this.kernels.pcm.run(this.samples, words, 1);
  }

  private grow(): void {
    const before = this.samples.length;
    const areas = Math.max(fewAreas, (before - scratchSamples) / areaSamples);
    const samples = new Float32Array(before + areas * areaSamples);
    samples.set(this.samples);
    this.samples = samples;
    for (let area = areas - 1; area >= 0; area -= 1) this.freeAreas.push(before + area * areaSamples);
  }
}
