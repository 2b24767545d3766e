import type { MixCodec } from '../audio-mixer.ts';

/** Rates at which sound is worked on, in Hz. Each is a whole multiple of those below it. */
export type SampleRate = 8000 | 16_000 | 48_000;

/** What codecs carry. Opus is decoded and encoded at any of the rates; this is its highest. */
export const sampleRates: Readonly<Record<MixCodec, SampleRate>> = { opus: 48_000, PCMU: 8000, PCMA: 8000, G722: 16_000, G729: 8000 };

/** Samples of one tick of 20 ms. */
export function samplesOfFrame(rate: SampleRate): number {
  return rate / 50;
}
