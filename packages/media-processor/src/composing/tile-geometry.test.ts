import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placePicture, tilePixels } from './tile-geometry.ts';

test('tiles that touch in fractions touch in pixels', () => {
  const third = 1 / 3;
  const columns = [0, third, 2 * third].map((x) => tilePixels({ x, y: 0, width: third, height: third }, 1280, 720));
  assert.deepEqual(columns.map(({ x, width }) => [x, width]), [[0, 426], [426, 428], [854, 426]]);
  assert.ok(columns.every(({ height }) => height === 240));
});

test('a picture fills its tile when little of it is lost, else it has margins', () => {
  const tile = { x: 640, y: 0, width: 640, height: 360 };
  assert.deepEqual(placePicture(1280, 720, tile, false), { part: { x: 0, y: 0, width: 1280, height: 720 }, place: tile });
  assert.deepEqual(placePicture(640, 480, tile, false), { part: { x: 0, y: 60, width: 640, height: 360 }, place: tile });
  assert.deepEqual(placePicture(640, 480, tile, true), { part: { x: 0, y: 0, width: 640, height: 480 }, place: { x: 720, y: 0, width: 480, height: 360 } });
  assert.deepEqual(placePicture(720, 1280, tile, false).place, { x: 858, y: 0, width: 202, height: 360 });
});

test('whatever the sizes, edges are even and inside', () => {
  const side = fc.integer({ min: 2, max: 1920 });
  const tileSide = fc.integer({ min: 1, max: 640 }).map((half) => 2 * half);
  fc.assert(
    fc.property(side, side, tileSide, tileSide, fc.boolean(), (width, height, tileWidth, tileHeight, isWhole) => {
      const { part, place } = placePicture(width, height, { x: 2, y: 4, width: tileWidth, height: tileHeight }, isWhole);
      for (const value of [...Object.values(part), ...Object.values(place)]) assert.equal(value % 2, 0);
      assert.ok(part.x >= 0 && part.y >= 0 && part.width >= 2 && part.height >= 2 && part.x + part.width <= width && part.y + part.height <= height);
      assert.ok(place.x >= 2 && place.y >= 4 && place.width >= 2 && place.height >= 2 && place.x + place.width <= 2 + tileWidth && place.y + place.height <= 4 + tileHeight);
    }),
  );
});
