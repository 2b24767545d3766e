import type { ComposedTile } from './video-composer.ts';

/** A rectangle in pixels with even edges. */
export interface PixelRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is shown of a source, and where in the canvas. */
export interface TilePlacement {
  readonly part: PixelRectangle;
  readonly place: PixelRectangle;
}

/** What of a picture may be cut off so that it fills its tile. */
const mostCutPart = 1 / 3;

/** A tile in a canvas of so many pixels; neighbours that share an edge share it in pixels too. */
export function tilePixels({ x, y, width, height }: Omit<ComposedTile, 'source' | 'isWhole'>, canvasWidth: number, canvasHeight: number): PixelRectangle {
  const [left, right] = [even(x * canvasWidth), even((x + width) * canvasWidth)];
  const [top, bottom] = [even(y * canvasHeight), even((y + height) * canvasHeight)];
  return { x: left, y: top, width: Math.min(right, canvasWidth) - left, height: Math.min(bottom, canvasHeight) - top };
}

/**
 * Puts a picture of `width` by `height` pixels into a tile. It fills the tile, with as much cut off on both sides as has to be; where that is more than a third, or the
 * whole is to be seen, it is in the middle with margins.
 */
export function placePicture(width: number, height: number, tile: PixelRectangle, isWhole: boolean): TilePlacement {
  const scale = Math.max(tile.width / width, tile.height / height);
  const [shownWidth, shownHeight] = [Math.min(width, tile.width / scale), Math.min(height, tile.height / scale)];
  const cut = 1 - (shownWidth * shownHeight) / (width * height);
  if (!isWhole && cut <= mostCutPart) return { part: middleOf({ x: 0, y: 0, width, height }, shownWidth, shownHeight), place: tile };
  const smaller = Math.min(tile.width / width, tile.height / height);
  return { part: { x: 0, y: 0, width: evenDown(width), height: evenDown(height) }, place: middleOf(tile, width * smaller, height * smaller) };
}

function middleOf({ x, y, width, height }: PixelRectangle, partWidth: number, partHeight: number): PixelRectangle {
  const [evenWidth, evenHeight] = [Math.max(2, Math.min(even(partWidth), evenDown(width))), Math.max(2, Math.min(even(partHeight), evenDown(height)))];
  return { x: x + evenDown((width - evenWidth) / 2), y: y + evenDown((height - evenHeight) / 2), width: evenWidth, height: evenHeight };
}

function even(value: number): number {
  return 2 * Math.round(value / 2);
}

function evenDown(value: number): number {
  return 2 * Math.floor(value / 2);
}
