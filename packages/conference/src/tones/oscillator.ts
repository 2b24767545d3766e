/**
 * Adds `count` samples of a sine wave, beginning with the sample of this `index` since the wave's start. Full scale is 1. Two multiplications a sample: the wave is
 * turned on from the sample before.
 */
export function addSine(samples: Float32Array, at: number, count: number, { frequencyHz, amplitude, rate, index }: { readonly frequencyHz: number; readonly amplitude: number; readonly rate: number; readonly index: number }): void {
  const step = (2 * Math.PI * frequencyHz) / rate;
  const turn = 2 * Math.cos(step);
  let before = amplitude * Math.sin(step * (index - 1));
  let sample = amplitude * Math.sin(step * index);
  for (let place = at; place < at + count; place += 1) {
    samples[place] = (samples[place] ?? 0) + sample;
    [before, sample] = [sample, turn * sample - before];
  }
}

/** Amplitude of a sine wave of this power: 0 dBm0 lies 3.14 dB below the loudest one that fits (ITU-T G.711 §4). */
export function amplitudeOf(dBm0: number): number {
  return 10 ** ((dBm0 - 3.14) / 20);
}
