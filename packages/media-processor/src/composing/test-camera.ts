import { test, type TestContext } from 'node:test';
import { absenceOf, exportsOf, loadVpx, pictureBytes, type Vpx } from '@dialplane/kernels';
import { skipWithout } from '@dialplane/testing';
import { loadPictureKernels } from './picture-kernels.ts';

/** A test that needs the kernels for pictures: where one is not built it is skipped and says so, in CI it fails. */
export function pictureTest(name: string, run: (t: TestContext) => Promise<void>): void {
  test(name, { skip: skipWithout(absenceOf(loadPictureKernels())) }, run);
}

/** @throws {Error} Where the kernel is absent. */
export function testVpx(): Vpx {
  return exportsOf(loadVpx());
}

export interface TestCameraOptions {
  readonly width: number;
  readonly height: number;
  readonly brightness: number;
  /** Waves that move over the whole picture, which is what a camera in somebody's hand costs; else it is of one brightness. */
  readonly isRestless?: boolean;
}

/** Encodes pictures in which a square moves, as a camera would. */
export class TestCamera {
  private readonly vpx = testVpx();
  private readonly encoder: number;
  private readonly picture: Uint8Array;
  private readonly room: Uint8Array;
  private readonly width: number;
  private readonly height: number;
  private readonly brightness: number;
  private readonly waves: Float64Array | undefined;
  private frames = 0;
  private wantsKeyFrame = false;

  constructor({ width, height, brightness, isRestless }: TestCameraOptions) {
    this.width = width;
    this.height = height;
    this.brightness = brightness;
    this.waves = isRestless === true ? Float64Array.from({ length: width + height }, (_, index) => 1 + 0.3 * Math.sin(index / 7) + 0.2 * Math.sin(index / 2.3)) : undefined;
    this.encoder = this.vpx.openEncoder({ width, height, bitrateBps: 800_000, frameRate: 25, speed: 12 });
    this.picture = new Uint8Array(pictureBytes(width, height)).fill(128);
    this.room = new Uint8Array(this.picture.length);
  }

  needKeyFrame(): void {
    this.wantsKeyFrame = true;
  }

  /** The next frame. */
  take(): Uint8Array {
    const { width, height, brightness, picture, room, frames } = this;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) picture[y * width + x] = brightness * (this.waves?.[(x + frames * 2) % width] ?? 1) * (this.waves?.[(y + frames) % height] ?? 1);
    }
    const left = (frames * 6) % (width - 16);
    for (let y = 8; y < 24; y += 1) picture.fill(255 - brightness, y * width + left, y * width + left + 16);
    const { result } = this.vpx.encode(this.encoder, picture, frames * 3600, this.wantsKeyFrame, room);
    this.frames += 1;
    this.wantsKeyFrame = false;
    return room.slice(0, Math.max(0, result));
  }
}
