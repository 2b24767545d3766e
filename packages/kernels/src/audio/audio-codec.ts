/** What is to be decoded: `decodeWords.stride` signed 32-bit words each, the same for every codec of audio. */
export const decodeWords = {
  stride: 8,
  /** Opus: number of a decoder. G.722: likewise. G.711: one of `g711Law`. */
  codec: 0,
  /** The packet, in the bytes. Without length the decoder makes up what was lost, for as many samples as there is room; Opus only. */
  byteOffset: 1,
  byteLength: 2,
  /** Where the samples go and for how many there is room; Opus makes up exactly so many. */
  sampleOffset: 3,
  sampleCount: 4,
  /** One of {@link decodedPart}. */
  part: 5,
  /** Out: how many samples were made, or a negative number of {@link audioFailure}. */
  result: 6,
  /** Out: their loudness in the measure of RFC 6464, 0 (full scale) to 127 (silence). */
  level: 7,
} as const;

/** Opus: the packet itself, or what it says of the one before it (in-band FEC, RFC 6716 §2.1.7); then room is exactly for the one before. */
export const decodedPart = { packet: 0, redundancy: 1 } as const;

/** What is to be encoded: `encodeWords.stride` words each. */
export const encodeWords = {
  stride: 8,
  /** As in {@link decodeWords}, of an encoder. */
  codec: 0,
  sampleOffset: 1,
  sampleCount: 2,
  /** Where the packet goes and how long it may become. */
  byteOffset: 3,
  byteCapacity: 4,
  /** Out: its length, or a negative number of {@link audioFailure}. */
  result: 5,
} as const;

export const audioFailure = {
  /** There is no codec of that number. */
  unknownCodec: -1,
  /** No packet of this codec; the decoder goes on as if it had not been given. */
  malformed: -2,
  /** The room is too small, or no frame has so many samples. */
  doesNotFit: -3,
} as const;

/**
 * The part that all codecs have: whole batches, in order. Samples are floats from -1 to 1, mono. The buffers stay the caller's, nothing is kept of them.
 */
export interface AudioCodec {
  /** @throws {RangeError} Where a descriptor reaches outside the buffers: those before it are done. */
  decode(bytes: Uint8Array, samples: Float32Array, descriptors: Int32Array, count: number): void;
  /** @throws {RangeError} Where a descriptor reaches outside the buffers: those before it are done. */
  encode(bytes: Uint8Array, samples: Float32Array, descriptors: Int32Array, count: number): void;
}
