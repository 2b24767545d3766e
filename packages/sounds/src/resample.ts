/** Taps of the filter on each side: what lies beyond a tenth above the lower half rate is 60 dB down. */
const reach = 24;
/** Of the lower half rate. */
const passed = 0.94;

/**
 * The same sound at a rate that is not lower, by interpolation with a windowed sinc; one filter for each place between two samples that occurs.
 * @param from Samples a second, a whole number, as `to`.
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const divisor = greatestCommonDivisor(from, to);
  const [step, phases] = [from / divisor, to / divisor];
  const filters = Array.from({ length: phases }, (_, phase) => filterAt(phase / phases));
  const made = new Float32Array(Math.floor((samples.length * phases) / step));
  for (let index = 0; index < made.length; index += 1) {
    const place = index * step;
    const filter = filters[place % phases] ?? new Float32Array();
    const first = Math.floor(place / phases) - reach + 1;
    let sum = 0;
    for (let tap = 0; tap < filter.length; tap += 1) sum += (samples[first + tap] ?? 0) * (filter[tap] ?? 0);
    made[index] = sum;
  }
  return made;
}

/** Weights of the samples around a place that lies so far behind one of them, 0 to 1; their sum is 1. */
function filterAt(fraction: number): Float32Array {
  const weights = Float32Array.from({ length: reach * 2 }, (_, tap) => {
    const distance = tap - reach + 1 - fraction;
    const turned = Math.PI * distance * passed;
    const sinc = turned === 0 ? 1 : Math.sin(turned) / turned;
    const window = Math.cos((Math.PI * distance) / (2 * (reach + 1))) ** 2;
    return sinc * window;
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
