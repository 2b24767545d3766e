/** Where in a sound a piece of it begins. */
export interface SoundPlace {
  /** Samples a second. */
  readonly rate: number;
  /** Samples since the sound began. */
  readonly index: number;
}

export interface SineWave extends SoundPlace {
  readonly frequencyHz: number;
  /** Full scale is 1. */
  readonly amplitude: number;
}

/** Adds `count` samples of a sine wave. Two multiplications a sample: the wave is turned on from the sample before. */
export function addSine(samples: Float32Array, at: number, count: number, { frequencyHz, amplitude, rate, index }: SineWave): void {
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
