import { execFileSync } from 'node:child_process';
import { type AudioCodec, encodeWords, exportsOf, g711Law, loadG711, loadOpus, type OpusEncoderOptions } from '@dialplane/kernels';
import type { AudioFrame } from './media-sources.ts';

const seconds = 8;
const frameMs = 20;
const opusBitrateBps = 32_000;
const opusComplexity = 5;
/** As browsers code speech: by SILK up to 8 kHz, by CELT above (RFC 6716 §2, hybrid). */
const asVoice = { signal: 'voice' } as const;

export type SoundCodec = 'opus' | 'pcmu';
export const sampleRate = { opus: 48_000, pcmu: 8_000 } as const;

/** What somebody sends who is silent for a while and then makes a sound: for measuring how long that takes. */
export interface Burst {
  readonly silence: readonly AudioFrame[];
  readonly burst: readonly AudioFrame[];
}

/** The same noise each time, from 0 to 1. */
export function seededNoise(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/** Something like speech: a voice whose pitch wanders, in syllables, with a pause every few of them. */
export function speak(rate: number): Float32Array {
  const random = seededNoise();
  let phase = 0;
  return Float32Array.from({ length: seconds * rate }, (_, at) => {
    const time = at / rate;
    phase += (2 * Math.PI * (130 + 30 * Math.sin(2 * Math.PI * 0.7 * time) + 15 * Math.sin(2 * Math.PI * 2.3 * time))) / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2 * time)) ** 0.5;
    const pause = time % 4 > 3.2 ? 0 : 1;
    let sample = 0;
    for (let harmonic = 1; harmonic <= 20; harmonic += 1) sample += Math.sin(harmonic * phase) / (1 + Math.abs(harmonic - 5 - 3 * Math.sin(2 * Math.PI * 1.1 * time)));
    // Every other syllable begins with a consonant, which is noise.
    const consonant = time % 1 < 0.06 ? 1.5 * (random() - 0.5) : 0;
    return 0.12 * pause * (syllable * sample + consonant);
  });
}

/** A recording of speech, encoded. */
export function speechFrames(codec: SoundCodec): readonly AudioFrame[] {
  return encode(codec, speak(sampleRate[codec]), asVoice);
}

/** Sentences as they were spoken, at 48 kHz, and encoded with Opus. @throws where espeak-ng (Debian) is not installed. */
export function recordedSpeech(expectedLossPercent = 0): { readonly samples: Float32Array; readonly frames: readonly AudioFrame[] } {
  const samples = spoken('The boat slid over the smooth planks. Glue the sheet to the dark blue background. It is easy to tell the depth of a well. These days a chicken leg is a rare dish. Rice is often served in round bowls.');
  return { samples, frames: encode('opus', samples, { ...asVoice, expectedLossPercent }) };
}

function spoken(text: string): Float32Array {
  const wave = execFileSync('espeak-ng', ['--stdout', text], { maxBuffer: 2 ** 26 });
  const rate = wave.readUInt32LE(24);
  const sampleAt = (index: number): number => (2 * index + 46 <= wave.length ? wave.readInt16LE(44 + 2 * index) / 32_768 : 0);
  return Float32Array.from({ length: Math.floor(((wave.length - 44) / 2) * (sampleRate.opus / rate)) }, (_, index) => {
    const place = (index * rate) / sampleRate.opus;
    const [before, after] = [sampleAt(Math.floor(place)), sampleAt(Math.floor(place) + 1)];
    return before + (after - before) * (place % 1);
  });
}

export function silentFrames(codec: SoundCodec): readonly AudioFrame[] {
  return encode(codec, new Float32Array(sampleRate[codec]));
}

/** A second of silence, and five frames of a loud tone. */
export function burstFrames(codec: SoundCodec): Burst {
  const rate = sampleRate[codec];
  const tone = Float32Array.from({ length: rate / 10 }, (_, at) => 0.5 * Math.sin((2 * Math.PI * 440 * at) / rate));
  const frames = encode(codec, Float32Array.of(...new Float32Array(rate), ...tone));
  return { silence: frames.slice(0, 50), burst: frames.slice(50) };
}

function encode(codec: SoundCodec, samples: Float32Array, options: Partial<OpusEncoderOptions> = {}): readonly AudioFrame[] {
  const frameSamples = (sampleRate[codec] * frameMs) / 1000;
  const [kernel, number] = openEncoder(codec, options);
  const bytes = new Uint8Array(1500);
  return Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, index) => {
    const frame = samples.subarray(index * frameSamples, (index + 1) * frameSamples);
    const words = new Int32Array(encodeWords.stride);
    words.set([number, 0, frameSamples, 0, bytes.length]);
    kernel.encode(bytes, frame, words, 1);
    const length = words[encodeWords.result] ?? 0;
    if (length <= 0) throw new Error(`the speech of the load could not be encoded (${length})`);
    const level = levelOf(frame);
    return { payload: bytes.slice(0, length), level, isVoice: level < 60, isStamped: false };
  });
}

function openEncoder(codec: SoundCodec, options: Partial<OpusEncoderOptions>): readonly [AudioCodec, number] {
  if (codec === 'pcmu') return [exportsOf(loadG711()), g711Law.muLaw];
  const opus = exportsOf(loadOpus());
  return [opus, opus.openEncoder(sampleRate.opus, { bitrateBps: opusBitrateBps, complexity: opusComplexity, expectedLossPercent: 0, ...options })];
}

/** RFC 6464 §3. */
function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return power < 1e-12 ? 127 : Math.min(127, Math.max(0, Math.round(-10 * Math.log10(power))));
}
