import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { neededLayers, WatchedLayers } from '../index.ts';

test('a display needs the layers up to the first that fills it', () => {
  const heights = [180, 360, 720];
  assert.deepEqual([90, 180, 206, 208, 400, 720, 1080, 0].map((height) => neededLayers(heights, height)), [1, 1, 1, 2, 2, 3, 3, 3]);
  assert.equal(neededLayers([180, 0, 0], 360), 3, 'a layer that was never seen may be the one');
  assert.equal(neededLayers([180, 360, 0], 360), 2);
  assert.deepEqual([neededLayers([0], 100), neededLayers([], 100)], [1, 0]);
});

test('who is not watched is told after a while, who is watched again at once', () => {
  const picture = new WatchedLayers(3);
  const observe = (needed: number, sent: number, at: number): string => `${picture.observe({ needed, limit: 'displays', sent }, instant(at)) ? 'told ' : ''}${picture.told}`;
  assert.equal(observe(0, 3, 0), '3');
  assert.equal(observe(0, 3, 1900), '3');
  assert.equal(observe(2, 3, 1950), '3');
  assert.equal(observe(2, 3, 2000), 'told 2', 'the third layer was of no use all the time');
  assert.equal(observe(2, 2, 9000), '2');
  assert.equal(observe(3, 2, 9001), 'told 3');
  assert.equal(observe(0, 2, 10_000), '3');
  assert.equal(observe(3, 3, 11_000), '3');
  assert.equal(observe(0, 3, 11_500), '3', 'the time of before does not count');
  assert.equal(observe(0, 3, 13_500), 'told 0');
  assert.equal(observe(1, 0, 13_501), 'told 1');
});

test('who sends nothing is not told to send less, so that a camera that is switched on is seen at once', () => {
  const picture = new WatchedLayers(1);
  for (let at = 0; at < 60_000; at += 500) assert.equal(picture.observe({ needed: 0, limit: 'displays', sent: 0 }, instant(at)), false);
  assert.equal(picture.observe({ needed: 0, limit: 'displays', sent: 1 }, instant(60_000)), false);
  assert.equal(picture.observe({ needed: 0, limit: 'displays', sent: 1 }, instant(61_000)), false);
  assert.equal(picture.observe({ needed: 1, limit: 'displays', sent: 1 }, instant(61_500)), false);
  assert.equal(picture.told, 1);
});

test('what no line takes is told later than what nobody displays: estimates swing', () => {
  const picture = new WatchedLayers(3);
  const observe = (needed: number, limit: 'displays' | 'lines', at: number): string => `${picture.observe({ needed, limit, sent: 3 }, instant(at)) ? 'told ' : ''}${picture.told}`;
  assert.deepEqual([observe(1, 'lines', 0), observe(1, 'lines', 4900), observe(1, 'lines', 5000)], ['3', '3', 'told 1']);
  assert.deepEqual([observe(3, 'lines', 7000), observe(2, 'lines', 8000), observe(2, 'displays', 10_000)], ['told 3', '3', 'told 2']);
});
