import { exportsOf } from '../load-kernel.ts';
import { loadPcm } from './load-pcm.ts';
import { type Pcm, pcmOperation, pcmWords, resampleWords } from './pcm.ts';

/** @throws {Error} Where the kernel is absent. */
export function testPcm(): Pcm {
  return exportsOf(loadPcm());
}

export interface Step {
  readonly kind: keyof typeof pcmOperation;
  readonly destination: number;
  readonly source?: number;
  readonly count: number;
  readonly gainFrom?: number;
  readonly gainTo?: number;
  readonly extra?: number;
  readonly samplesPerMs?: number;
}

/** Runs steps in one batch. @returns Peak and level of the last. */
export function runSteps(samples: Float32Array, steps: readonly Step[]): { readonly peak: number; readonly level: number } {
  const words = new Int32Array(steps.length * pcmWords.stride);
  const floats = new Float32Array(words.buffer);
  for (const [index, { kind, destination, source = 0, count, gainFrom = 1, gainTo = 1, extra = 0, samplesPerMs = 48 }] of steps.entries()) {
    const at = index * pcmWords.stride;
    words.set([pcmOperation[kind], destination, source, count, 0, 0, extra, samplesPerMs], at);
    floats.set([gainFrom, gainTo], at + pcmWords.gainFrom);
  }
  testPcm().run(samples, words, steps.length);
  const last = words.length - pcmWords.stride;
  return { peak: floats[last + pcmWords.peak] ?? 0, level: words[last + pcmWords.extra] ?? 0 };
}

/** Sends a whole signal through a resampler in pieces of 20 ms. */
export function resampleAll(pcm: Pcm, resampler: number, said: Float32Array, piece: number, made: number): Float32Array {
  const samples = new Float32Array(piece + made);
  const heard = new Float32Array(Math.floor(said.length / piece) * made);
  for (let index = 0; (index + 1) * piece <= said.length; index += 1) {
    samples.set(said.subarray(index * piece, (index + 1) * piece));
    const words = Int32Array.of(resampler, 0, piece, piece, made, 0, 0, 0);
    pcm.resample(samples, words, 1);
    if (words[resampleWords.result] !== made) throw new Error(`${words[resampleWords.result]} samples`);
    heard.set(samples.subarray(piece), index * made);
  }
  return heard;
}
