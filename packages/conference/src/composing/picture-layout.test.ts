import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PictureLayout, type ComposablePicture } from '../index.ts';

const camera = (identifier: string): ComposablePicture => ({ identifier, mediaStreamType: 'Video' });
const screen = (identifier: string): ComposablePicture => ({ identifier, mediaStreamType: 'ScreenSharing' });
const people = (count: number): readonly ComposablePicture[] => Array.from({ length: count }, (_, index) => camera(`person${index}`));
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const placesOf = (layout: PictureLayout, ...given: Parameters<PictureLayout['arrange']>) =>
  layout.arrange(...given).map(({ identifier, x, y, width, height }) => [identifier, rounded(x), rounded(y), rounded(width), rounded(height)]);

test('a gallery has rows of one size, the last one in the middle', () => {
  const layout = new PictureLayout();
  assert.deepEqual(placesOf(layout, [], [], 0), []);
  assert.deepEqual(placesOf(layout, people(1), [], 0), [['person0', 0, 0, 1, 1]]);
  assert.deepEqual(placesOf(layout, people(2), [], 0), [['person0', 0, 0.25, 0.5, 0.5], ['person1', 0.5, 0.25, 0.5, 0.5]]);
  assert.deepEqual(placesOf(layout, people(3), [], 0), [['person0', 0, 0, 0.5, 0.5], ['person1', 0.5, 0, 0.5, 0.5], ['person2', 0.25, 0.5, 0.5, 0.5]]);
  assert.deepEqual(placesOf(layout, people(9), [], 0).at(-1), ['person8', 0.667, 0.667, 0.333, 0.333]);
});

test('a screen is large, and cameras are beside it', () => {
  const layout = new PictureLayout();
  assert.deepEqual(placesOf(layout, [screen('person0')], [], 0), [['person0', 0, 0, 1, 1]]);
  assert.deepEqual(placesOf(layout, [camera('person0'), screen('person0'), camera('person1')], [], 0), [
    ['person0', 0, 0.1, 0.8, 0.8],
    ['person0', 0.8, 0.3, 0.2, 0.2],
    ['person1', 0.8, 0.5, 0.2, 0.2],
  ]);
  assert.equal(layout.arrange([screen('person0'), ...people(9)], [], 0).length, 6);
});

test('one person in the spotlight is large; several are shown among the others', () => {
  const layout = new PictureLayout();
  assert.deepEqual(placesOf(layout, people(3), ['person1', 'person2'], 1)[0], ['person1', 0, 0.1, 0.8, 0.8]);
  assert.equal(layout.arrange(people(3), ['person1', 'person2'], 2)[0]?.width, 0.5);
  assert.equal(layout.arrange(people(3), ['nobody'], 1).length, 3);
});

test('nobody jumps: who is shown stays in place, and whoever speaks takes the place of who does not', () => {
  const layout = new PictureLayout();
  const shown = (prominent: readonly string[], there = people(12)) => layout.arrange(there, prominent, 0).map(({ identifier }) => identifier);
  assert.deepEqual(shown([]), people(9).map(({ identifier }) => identifier));
  const withSpeaker = shown(['person11', 'person8']);
  assert.deepEqual(withSpeaker, ['person0', 'person1', 'person2', 'person3', 'person4', 'person5', 'person6', 'person11', 'person8']);
  assert.deepEqual(shown(['person8', 'person11']), withSpeaker);
  assert.deepEqual(shown(['person0']), withSpeaker, 'who is shown stays after speaking');
  assert.deepEqual(shown([], people(12).slice(1)), [...withSpeaker.slice(1), 'person7']);
});

test('tiles never overlap, never reach outside, and show everybody once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(fc.nat(20)), fc.array(fc.nat(20), { maxLength: 8 }), fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 10 }), (steps) => {
      const layout = new PictureLayout();
      for (const [there, prominent, spotlight, isSharing] of steps) {
        const cameras = [...new Set(there)].map((number) => camera(`person${number}`));
        const tiles = layout.arrange(isSharing ? [...cameras, screen('person0')] : cameras, prominent.map((number) => `person${number}`), spotlight);
        assert.equal(new Set(tiles.map(({ identifier, mediaStreamType }) => `${identifier} ${mediaStreamType}`)).size, tiles.length);
        assert.ok(tiles.length >= Math.min(cameras.length, 6));
        for (const [index, one] of tiles.entries()) {
          assert.ok(one.x >= 0 && one.y >= 0 && one.x + one.width < 1.0001 && one.y + one.height < 1.0001);
          for (const other of tiles.slice(index + 1)) {
            const apart = one.x + one.width <= other.x + 1e-9 || other.x + other.width <= one.x + 1e-9 || one.y + one.height <= other.y + 1e-9 || other.y + other.height <= one.y + 1e-9;
            assert.ok(apart, JSON.stringify([one, other]));
          }
        }
      }
    }),
  );
});
