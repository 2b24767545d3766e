/** One layer of a picture as it comes in now. */
export interface PictureLayer {
  /** Its place in the simulcast, lowest first. */
  readonly layer: number;
  /** Of all its temporal layers, measured. */
  readonly bitrateBps: number;
  /** Of the picture, in pixels; 0 where it is not known. */
  readonly height: number;
  /** How many temporal layers can be told apart and left out; 1 where none. */
  readonly temporalLayers: number;
}

/** What a receiver can be sent of a picture, and what that costs. */
export interface OperatingPoint {
  readonly layer: number;
  /** The highest temporal layer that is sent; 3 is all there are. */
  readonly temporalLayer: number;
  readonly bitrateBps: number;
}

/** Parts of the bitrate that the lower temporal layers have, as encoders of browsers divide it. */
const temporalParts: Readonly<Record<number, readonly number[]>> = { 2: [0.6], 3: [0.4, 0.6] };
/** A picture may be shown that much larger than it is before a higher layer is worth its cost. */
const tolerance = 1.15;
const allTemporalLayers = 3;

/**
 * What a receiver that shows a picture `displayedHeight` pixels high can make use of, cheapest first, each better than the one before. Of simulcast layers the smallest
 * that fills the display is the highest; a display of unknown size (0) takes all.
 */
export function operatingPoints(layers: readonly PictureLayer[], displayedHeight: number): readonly OperatingPoint[] {
  const useful = layers.filter(({ layer }) => !layers.some((other) => other.layer < layer && fills(other, displayedHeight)));
  const points = useful.flatMap(pointsOf);
  // A point of a higher layer that costs less than one of a lower layer makes that one pointless.
  return points.filter((point, index) => points.slice(index + 1).every((later) => later.bitrateBps > point.bitrateBps));
}

/**
 * How many layers of a simulcast, lowest first, are of use to a display `displayedHeight` pixels high. A layer whose height is not known (0) may be needed, and a display of unknown size
 * (0) takes all.
 * @param heights Of the layers, lowest first.
 */
export function neededLayers(heights: readonly number[], displayedHeight: number): number {
  const filling = heights.findIndex((height) => fills({ height }, displayedHeight));
  return filling < 0 ? heights.length : filling + 1;
}

function pointsOf({ layer, bitrateBps, temporalLayers }: PictureLayer): readonly OperatingPoint[] {
  const reduced = (temporalParts[temporalLayers] ?? []).map((part, temporalLayer) => ({ layer, temporalLayer, bitrateBps: part * bitrateBps }));
  return reduced.concat({ layer, temporalLayer: allTemporalLayers, bitrateBps });
}

function fills({ height }: Pick<PictureLayer, 'height'>, displayedHeight: number): boolean {
  return displayedHeight > 0 && height > 0 && height * tolerance >= displayedHeight;
}
