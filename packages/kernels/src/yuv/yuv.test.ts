import assert from 'node:assert/strict';
import { exportsOf } from '../load-kernel.ts';
import { nativeTest } from '../test-kernels.ts';
import { pictureBytes } from '../vpx/vpx.ts';
import { loadYuv } from './load-yuv.ts';
import { scaleWords, type Yuv } from './yuv.ts';

const grey = { y: 100, u: 128, v: 128 };

function testYuv(): Yuv {
  return exportsOf(loadYuv());
}

/** Words of one descriptor in their order. */
function words(...values: readonly number[]): Int32Array {
  const descriptor = new Int32Array(scaleWords.stride);
  descriptor.set(values);
  return descriptor;
}

nativeTest('yuv', 'a part has the colour it was given, and nothing else has', () => {
  const yuv = testYuv();
  const [width, height] = [10, 6];
  const picture = new Uint8Array(pictureBytes(width, height));
  yuv.paint(picture, { offset: 0, width, height, x: 2, y: 2, partWidth: 4, partHeight: 2 }, { y: 200, u: 30, v: 60 });
  const expected = new Uint8Array(picture.length);
  for (const y of [2, 3]) expected.fill(200, y * width + 2, y * width + 6);
  expected.fill(30, 60 + 5 + 1, 60 + 5 + 3);
  expected.fill(60, 75 + 5 + 1, 75 + 5 + 3);
  assert.deepEqual(picture, expected);
});

nativeTest('yuv', 'a picture of half the size is the mean of what was there, also of pictures with odd sides', () => {
  const yuv = testYuv();
  const [width, height] = [9, 5];
  const source = pictureBytes(width, height);
  const pictures = new Uint8Array(source + pictureBytes(4, 2));
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) pictures[y * width + x] = 20 * x + 3 * y;
  yuv.scale(pictures, pictures, words(0, width, height, 0, 0, 8, 4, source, 4, 2, 0, 0, 4, 2), 1);
  const mean = (x: number, y: number) => Math.round(20 * (2 * x + 0.5) + 3 * (2 * y + 0.5));
  const luma = pictures.subarray(source, source + 8);
  assert.ok(luma.every((value, index) => Math.abs(value - mean(index % 4, Math.floor(index / 4))) <= 1), luma.join());
});

nativeTest('yuv', 'tiles of several sources fill their places, larger and smaller', () => {
  const yuv = testYuv();
  const canvas = 2 * pictureBytes(8, 8);
  const pictures = new Uint8Array(canvas + pictureBytes(32, 16));
  const whole = { width: 8, height: 8, x: 0, y: 0, partWidth: 8, partHeight: 8 };
  yuv.paint(pictures, { offset: 0, ...whole }, { y: 50, u: 10, v: 20 });
  yuv.paint(pictures, { offset: canvas / 2, ...whole }, grey);
  const two = Int32Array.of(...words(0, 8, 8, 0, 0, 8, 8, canvas, 32, 16, 0, 0, 16, 16), ...words(canvas / 2, 8, 8, 2, 2, 4, 4, canvas, 32, 16, 16, 0, 2, 2));
  yuv.scale(pictures, pictures, two, 2);
  const at = (x: number, y: number) => pictures[canvas + y * 32 + x];
  assert.deepEqual([at(0, 0), at(15, 15), at(16, 0), at(17, 1), at(18, 0), at(16, 2)], [50, 50, 100, 100, 0, 0]);
});

nativeTest('yuv', 'what reaches outside or has odd edges is refused', () => {
  const yuv = testYuv();
  const pictures = new Uint8Array(2 * pictureBytes(8, 8));
  const good = [0, 8, 8, 0, 0, 8, 8, 96, 8, 8, 0, 0, 8, 8];
  yuv.scale(pictures, pictures, words(...good), 1);
  for (const [index, value] of [[0, -2], [0, 97], [1, -8], [3, 2], [3, 1], [5, 0], [5, 10], [7, 98], [10, 4], [12, 7], [12, 20_000]] as const) {
    assert.throws(() => yuv.scale(pictures, pictures, words(...good.with(index, value)), 1), RangeError, `word ${index} is ${value}`);
  }
  assert.throws(() => yuv.scale(pictures, pictures, words(...good), 2), RangeError);
  assert.throws(() => yuv.scale(pictures, pictures, words(...good), -1), RangeError);
  assert.throws(() => yuv.paint(pictures, { offset: 0, width: 8, height: 8, x: 8, y: 0, partWidth: 2, partHeight: 2 }, grey), RangeError);
});
