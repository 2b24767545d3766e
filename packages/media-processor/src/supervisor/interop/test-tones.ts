/** Says when a tone has gone on for a tenth of a second, and is most of what there is (Goertzel). */
export class ToneDetector {
  private readonly frequency: number;
  private buffer: number[] = [];

  constructor(frequency: number) {
    this.frequency = frequency;
  }

  hears(samples: Int16Array, sampleRate: number): boolean {
    this.buffer.push(...samples);
    const window = sampleRate / 10;
    if (this.buffer.length < window) return false;
    const part = this.buffer.slice(0, window);
    this.buffer = [];
    const energy = part.reduce((sum, sample) => sum + sample * sample, 0);
    return energy / window > 100 * 100 && toneEnergy(part, this.frequency / sampleRate) > 0.1 * energy;
  }
}

/** The share of the signal's energy at a frequency, in cycles a sample. */
function toneEnergy(samples: readonly number[], frequency: number): number {
  const coefficient = 2 * Math.cos(2 * Math.PI * frequency);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample + coefficient * last - before];
  return (2 * (before * before + last * last - coefficient * before * last)) / samples.length;
}
