import type { Vpx } from '@dialplane/kernels';
import { Canvas, type Picture } from './canvas.ts';
import type { PictureKernels } from './picture-kernels.ts';
import { composedFrameRate, type ComposedSize, composedSizes, type ComposedTile } from './video-composer.ts';

/** How hard libvpx tries: the larger picture costs more than it gains from more. */
const speeds: Readonly<Record<ComposedSize, number>> = { large: 14, small: 10 };
/** A picture in which nothing moves is encoded again now and then: it gets sharper, and its decoder sees that it lives. */
const restMs = 1000;

/** One size of a composition: its canvas and its encoder. */
export class ComposedOutput {
  readonly size: ComposedSize;
  private readonly vpx: Vpx;
  private readonly canvas: Canvas;
  private readonly encoder: number;
  private state: 'unchanged' | 'changed' | 'needs key frame' = 'needs key frame';
  private encodedAt = -Infinity;

  constructor(size: ComposedSize, bitrateBps: number, { vpx, yuv }: PictureKernels) {
    const { width, height } = composedSizes[size];
    this.size = size;
    this.vpx = vpx;
    this.canvas = new Canvas(yuv, width, height);
    this.encoder = vpx.openEncoder({ width, height, bitrateBps, frameRate: composedFrameRate, speed: speeds[size] });
  }

  setBitrate(bitrateBps: number): void {
    this.vpx.setBitrate(this.encoder, bitrateBps);
  }

  setTiles(tiles: readonly ComposedTile[]): void {
    this.canvas.setTiles(tiles);
    this.change();
  }

  draw(source: number, picture: Picture): void {
    if (this.canvas.draw(source, picture)) this.change();
  }

  needKeyFrame(): void {
    this.state = 'needs key frame';
  }

  /**
   * Encodes what is to be seen now, where that is something else than before.
   * @param nowMs since the start of the composer.
   * @returns Bytes in `room`, 0 where there is no frame.
   */
  encode(nowMs: number, room: Uint8Array): { readonly length: number; readonly isKeyFrame: boolean } {
    if (this.state === 'unchanged' && nowMs - this.encodedAt < restMs) return { length: 0, isKeyFrame: false };
    const { result, isKeyFrame } = this.vpx.encode(this.encoder, this.canvas.bytes, Math.round(nowMs * 90), this.state === 'needs key frame', room);
    // A frame that was left out to keep the bitrate is made up for by the next one.
    if (result <= 0) return { length: 0, isKeyFrame: false };
    this.state = 'unchanged';
    this.encodedAt = nowMs;
    return { length: result, isKeyFrame };
  }

  close(): void {
    this.vpx.closeEncoder(this.encoder);
  }

  private change(): void {
    if (this.state === 'unchanged') this.state = 'changed';
  }
}
