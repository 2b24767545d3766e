/** A part of one picture that is to be scaled into a tile of another: `scaleWords.stride` words each. In pixels; the edges of parts and tiles are even. */
export const scaleWords = {
  stride: 16,
  /** Where the source picture begins in its memory, and its size. */
  sourceOffset: 0,
  sourceWidth: 1,
  sourceHeight: 2,
  /** The part of it that is shown. */
  sourceX: 3,
  sourceY: 4,
  partWidth: 5,
  partHeight: 6,
  targetOffset: 7,
  targetWidth: 8,
  targetHeight: 9,
  /** The tile that it fills. */
  targetX: 10,
  targetY: 11,
  tileWidth: 12,
  tileHeight: 13,
} as const;

/** A rectangle of a picture. */
export interface PicturePart {
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly partWidth: number;
  readonly partHeight: number;
}

/** Work on pictures in I420 (those of VP8) by libyuv. */
export interface Yuv {
  /**
   * Scales each part of a picture in `sources` into its tile of one in `targets`, which may be the same memory; proportions change where they differ.
   * @throws {RangeError} Where one reaches outside or is odd; those before it are done.
   */
  scale(sources: Uint8Array, targets: Uint8Array, descriptors: Int32Array, count: number): void;
  /** Gives every pixel of a part the same colour, each of its values 0 to 255. @throws {RangeError} Where it reaches outside or is odd. */
  paint(pictures: Uint8Array, part: PicturePart, colour: { readonly y: number; readonly u: number; readonly v: number }): void;
}
