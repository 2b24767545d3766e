/** One step of work on samples: `pcmWords.stride` signed 32-bit words each. Gains and peaks are floats in those words: write them through a `Float32Array` over the same memory. */
export const pcmWords = {
  stride: 8,
  /** One of {@link pcmOperation}. */
  kind: 0,
  /** Where in the samples the destination and the source begin, and how many samples it is about. */
  destination: 1,
  source: 2,
  count: 3,
  /** `limit`, `conceal`: the gain at the beginning and at the end. */
  gainFrom: 4,
  gainTo: 5,
  /** `limit`: over how many samples the gain moves. `conceal`: how many samples of history there are at the source. Out of `measure`: loudness in the measure of RFC 6464. */
  extra: 6,
  /** Out of `measure`: the largest magnitude. */
  peak: 7,
  /** `conceal`: the sample rate in samples for each millisecond, 8 or more. */
  samplesPerMs: 7,
} as const;

export const pcmOperation = {
  zero: 0,
  copy: 1,
  add: 2,
  subtract: 3,
  /** Source times gain, softly kept below full scale: up to 0.75 nothing is changed. */
  limit: 4,
  /** Looks at the destination. */
  measure: 5,
  /** From what the destination holds to the source. */
  crossfade: 6,
  /** Goes on, in the destination, with the voice that the history at the source ends with; with less than 30 ms of history it is silence. */
  conceal: 7,
} as const;

/** A piece that gets another sample rate: `resampleWords.stride` words each. */
export const resampleWords = {
  stride: 8,
  resampler: 0,
  source: 1,
  sourceCount: 2,
  destination: 3,
  destinationCount: 4,
  /** Out: how many samples were made, -1 where there is no such resampler, no room, or a rest. */
  result: 5,
} as const;

/** Work on samples (floats, full scale is 1) in batches, in order, without policy. */
export interface Pcm {
  /** @throws {RangeError} Where a descriptor reaches outside the samples: those before it are done. */
  run(samples: Float32Array, descriptors: Int32Array, count: number): void;
  /**
   * A filter with memory between one rate and another that is `factor` (2 to 6) times as high; it delays by 12 samples of the lower one.
   * @throws {RangeError} For another factor.
   */
  openResampler(factor: number, direction: 'up' | 'down'): number;
  /** A number that is not open is ignored. */
  closeResampler(resampler: number): void;
  /** @throws {RangeError} Where a descriptor reaches outside the samples: those before it are done. */
  resample(samples: Float32Array, descriptors: Int32Array, count: number): void;
}
