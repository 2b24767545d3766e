import { exportsOf } from '../load-kernel.ts';
import { loadVpx } from './load-vpx.ts';
import { pictureBytes, type Vpx } from './vpx.ts';

/** @throws {Error} Where the kernel is absent. */
export function testVpx(): Vpx {
  return exportsOf(loadVpx());
}

/** A picture in which something moves: soft waves, and a bright square whose place is the number of the picture. */
export function movingPicture(width: number, height: number, index: number): Uint8Array {
  const picture = new Uint8Array(pictureBytes(width, height));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isSquare = Math.abs(x - ((index * 4) % width)) < 8 && Math.abs(y - height / 2) < 8;
      picture[y * width + x] = isSquare ? 235 : Math.round(110 + 60 * Math.sin((x + index) / 17) * Math.cos(y / 23));
    }
  }
  picture.fill(120, width * height);
  return picture;
}

/** Encodes pictures one after the other, 25 a second. */
export function encodeFrames(vpx: Vpx, encoder: number, pictures: readonly Uint8Array[], firstIndex = 0): readonly Uint8Array[] {
  return pictures.map((picture, index) => {
    const room = new Uint8Array(picture.length);
    const { result } = vpx.encode(encoder, picture, (firstIndex + index) * 3600, false, room);
    if (result < 0) throw new Error(`a picture could not be encoded: ${result}`);
    return room.slice(0, result);
  });
}

/** Peak signal-to-noise ratio of one picture to another, in dB. */
export function peakSignalToNoise(one: Uint8Array, other: Uint8Array): number {
  let squares = 0;
  for (let index = 0; index < one.length; index += 1) squares += ((one[index] ?? 0) - (other[index] ?? 0)) ** 2;
  return 10 * Math.log10((255 * 255) / (squares / one.length));
}
