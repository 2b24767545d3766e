import { addSine, amplitudeOf, type SoundPlace } from './oscillator.ts';

/** Frequencies of the keypad's rows and columns in Hz, and its keys row by row (ITU-T Q.23 §2). */
export const rowFrequencies = [697, 770, 852, 941] as const;
export const columnFrequencies = [1209, 1336, 1477, 1633] as const;
export const keypad = '123A456B789C*0#D';

/** The higher one a little louder, since lines take more of it. */
const rowAmplitude = amplitudeOf(-9);
const columnAmplitude = amplitudeOf(-7);

/** Adds `count` samples of a key's two frequencies; the sound begins when it is pressed. A tone that is no key is silent. */
export function addDtmf(samples: Float32Array, at: number, count: number, { tone, rate, index }: SoundPlace & { readonly tone: string }): void {
  const key = tone.length === 1 ? keypad.indexOf(tone) : -1;
  if (key < 0) return;
  addSine(samples, at, count, { frequencyHz: rowFrequencies[key >> 2] ?? 0, amplitude: rowAmplitude, rate, index });
  addSine(samples, at, count, { frequencyHz: columnFrequencies[key & 3] ?? 0, amplitude: columnAmplitude, rate, index });
}
