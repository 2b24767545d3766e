/** Edges of the bands in Hz, as wide as an ear tells apart: from 100 Hz to 3.5 kHz, where speech is. */
const edges = [100, 170, 240, 300, 400, 500, 640, 800, 1000, 1240, 1540, 1900, 2340, 2870, 3500];
const windowMs = 30;
/** What is so much softer than the loudest band is not heard beside it. */
const maskedPart = 1e-3;

/** How alike two frames sound, whatever their phases: what their bands hold is compared. */
export class SpectralEnvelope {
  private readonly window: Float64Array;
  private readonly cosines: readonly Float64Array[];
  private readonly sines: readonly Float64Array[];
  private readonly bandOf: readonly number[];
  /** How much later than its window a frame of 20 ms begins. */
  private readonly lead: number;

  constructor(rate: number) {
    const length = (rate * windowMs) / 1000;
    this.lead = (length - rate / 50) / 2;
    this.window = Float64Array.from({ length }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / length));
    const spacing = rate / length;
    const bins = Array.from({ length: length / 2 }, (_, bin) => bin).filter((bin) => bandAt(bin * spacing) >= 0);
    this.bandOf = bins.map((bin) => bandAt(bin * spacing));
    this.cosines = bins.map((bin) => Float64Array.from({ length }, (_, at) => Math.cos((2 * Math.PI * bin * at) / length)));
    this.sines = bins.map((bin) => Float64Array.from({ length }, (_, at) => Math.sin((2 * Math.PI * bin * at) / length)));
  }

  /** Root mean square over the bands of how far the frame at `place` in `heard`, with a gain, is from the one at `start` in `said`; dB. */
  distance(said: Float32Array, start: number, heard: Float32Array, place: number, gain: number): number {
    const [clean, other] = [this.bands(said, start, 1), this.bands(heard, place, gain)];
    const floor = Math.max(1e-9, maskedPart * Math.max(...clean));
    const sum = clean.reduce((squares, power, band) => squares + (10 * Math.log10((power + floor) / ((other[band] ?? 0) + floor))) ** 2, 0);
    return Math.sqrt(sum / clean.length);
  }

  private bands(samples: Float32Array, frame: number, gain: number): readonly number[] {
    const from = frame - this.lead;
    const windowed = this.window.map((weight, at) => gain * weight * (samples[from + at] ?? 0));
    const powers = Array.from({ length: edges.length - 1 }, () => 0);
    const counts = Array.from({ length: edges.length - 1 }, () => 0);
    for (const [index, band] of this.bandOf.entries()) {
      powers[band] = (powers[band] ?? 0) + inner(windowed, this.cosines[index]) ** 2 + inner(windowed, this.sines[index]) ** 2;
      counts[band] = (counts[band] ?? 0) + 1;
    }
    return powers.map((power, band) => power / Math.max(1, counts[band] ?? 0));
  }
}

function bandAt(hertz: number): number {
  return edges.findIndex((edge, band) => hertz >= edge && hertz < (edges[band + 1] ?? 0));
}

function inner(a: Float64Array, b: Float64Array | undefined): number {
  return a.reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0);
}
