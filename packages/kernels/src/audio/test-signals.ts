/** Signals for tests of audio: always the same, at 48 kHz unless a rate is given. */

/** A sine wave. */
export function tone(frequencyHz: number, { amplitude = 0.5, seconds = 1, rate = 48_000 } = {}): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, index) => amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / rate));
}

/** Something like a voice: harmonics of a pitch that wanders, in syllables, with a little noise. */
export function babble({ pitchHz = 120, amplitude = 0.3, seconds = 2, rate = 48_000 } = {}): Float32Array {
  let phase = 0;
  let noise = 1;
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, index) => {
    const time = index / rate;
    phase += (2 * Math.PI * pitchHz * (1 + 0.1 * Math.sin(2 * Math.PI * 1.3 * time))) / rate;
    noise = (noise * 16_807) % 2_147_483_647;
    let voice = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic += 1) voice += Math.sin(phase * harmonic) / (harmonic + Math.abs(6 - harmonic) * Math.sin(4 * time) ** 2);
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.1 * time)) ** 0.5;
    return amplitude * (syllable * voice * 0.4 + 0.01 * (noise / 1_073_741_823 - 1));
  });
}

/** How much of a signal is at one frequency: the amplitude of that sine wave (Goertzel). */
export function amplitudeAt(frequencyHz: number, samples: Float32Array, rate = 48_000): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / rate);
  let [last, before] = [0, 0];
  for (const sample of samples) [last, before] = [sample + coefficient * last - before, last];
  return (2 / samples.length) * Math.sqrt(Math.max(0, last * last + before * before - coefficient * last * before));
}

/** Root of the mean square. */
export function rootMeanSquare(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return Math.sqrt(energy / samples.length);
}

/** Of what `heard` is a copy of `said` with noise: their ratio in dB, at the delay (in samples, up to `mostDelay`) at which it is best. */
export function signalToNoise(said: Float32Array, heard: Float32Array, mostDelay = 0): { readonly decibels: number; readonly delay: number } {
  let best = { decibels: -Infinity, delay: 0 };
  for (let delay = 0; delay <= mostDelay; delay += 1) {
    const length = Math.min(said.length, heard.length - delay);
    let [signal, noise] = [0, 0];
    for (let index = 0; index < length; index += 1) {
      signal += (said[index] ?? 0) ** 2;
      noise += ((heard[index + delay] ?? 0) - (said[index] ?? 0)) ** 2;
    }
    const decibels = 10 * Math.log10(signal / noise);
    if (decibels > best.decibels) best = { decibels, delay };
  }
  return best;
}

/** Where two runs of numbers first differ: -1 is nowhere. The assertion of whole arrays would spend minutes on its message. */
export function firstDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Math.min(ours.length, theirs.length);
  return Array.prototype.findIndex.call(ours, (value: number, index: number) => value !== theirs[index]);
}
