import { pictureBytes, scaleWords, type Yuv } from '@dialplane/kernels';
import { placePicture, type PixelRectangle, tilePixels } from './tile-geometry.ts';
import type { ComposedTile } from './video-composer.ts';

/** A little lighter than black, in the range that video has (ITU-R BT.601). */
const background = { y: 24, u: 128, v: 128 };

/** A decoded picture in I420, at the beginning of `bytes`. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The composed picture in one size, before it is encoded. What was drawn stays until something else is drawn there. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  private readonly yuv: Yuv;
  private pixels: Uint8Array;
  private spare: Uint8Array;
  private tiles: ReadonlyMap<number, ComposedTile> = new Map();
  private readonly words = new Int32Array(scaleWords.stride);

  constructor(yuv: Yuv, width: number, height: number) {
    this.yuv = yuv;
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(pictureBytes(width, height));
    this.spare = new Uint8Array(this.pixels.length);
    this.clear(this.pixels);
  }

  get bytes(): Uint8Array {
    return this.pixels;
  }

  /** Moves what is shown already to its new place, so that nobody is black until the next frame. */
  setTiles(tiles: readonly ComposedTile[]): void {
    const before = this.tiles;
    [this.pixels, this.spare] = [this.spare, this.pixels];
    this.clear(this.pixels);
    for (const tile of tiles) {
      const old = before.get(tile.source);
      if (old !== undefined) this.scale({ bytes: this.spare, width: this.width, height: this.height }, this.pixelsOf(old), this.pixelsOf(tile));
    }
    this.tiles = new Map(tiles.map((tile) => [tile.source, tile]));
  }

  /** Draws a source's picture into its tile. @returns False where it has none. */
  draw(source: number, picture: Picture): boolean {
    const tile = this.tiles.get(source);
    if (tile === undefined || picture.width < 2 || picture.height < 2) return false;
    const rectangle = this.pixelsOf(tile);
    const { part, place } = placePicture(picture.width, picture.height, rectangle, tile.isWhole);
    // The picture before may have had other proportions.
    if (place.width !== rectangle.width || place.height !== rectangle.height) this.paint(this.pixels, rectangle);
    this.scale(picture, part, place);
    return true;
  }

  private pixelsOf(tile: ComposedTile): PixelRectangle {
    return tilePixels(tile, this.width, this.height);
  }

  private clear(pixels: Uint8Array): void {
    this.paint(pixels, { x: 0, y: 0, width: this.width, height: this.height });
  }

  private paint(pixels: Uint8Array, { x, y, width: partWidth, height: partHeight }: PixelRectangle): void {
    this.yuv.paint(pixels, { offset: 0, width: this.width, height: this.height, x, y, partWidth, partHeight }, background);
  }

  private scale({ bytes, width, height }: Picture, part: PixelRectangle, place: PixelRectangle): void {
    const { words } = this;
    words.set([0, width, height, part.x, part.y, part.width, part.height, 0, this.width, this.height, place.x, place.y, place.width, place.height]);
    this.yuv.scale(bytes, this.pixels, words, 1);
  }
}
