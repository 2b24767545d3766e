import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VideoCountRule } from './video-count-rule.ts';

function looks(rule: VideoCountRule, times: number, wanted: number, arriving: number): number {
  for (let time = 0; time < times; time += 1) rule.look(wanted, arriving);
  return rule.count;
}

test('pictures that do not come for seconds are too many; a moment is no reason', () => {
  const rule = new VideoCountRule(9);
  assert.equal(looks(rule, 3, 5, 2), 9);
  assert.equal(looks(rule, 1, 5, 5), 9);
  assert.equal(looks(rule, 4, 5, 2), 2);
  assert.equal(looks(rule, 4, 2, 0), 1);
});

test('when all that are shown come, one more is tried, up to what the device shows', () => {
  const rule = new VideoCountRule(3);
  looks(rule, 4, 3, 1);
  assert.equal(looks(rule, 9, 1, 1), 1);
  assert.equal(looks(rule, 1, 1, 1), 2);
  assert.equal(looks(rule, 30, 1, 1), 2);
  assert.equal(looks(rule, 30, 3, 3), 3);
  looks(rule, 4, 3, 1);
  assert.equal(rule.reset(), true);
  assert.equal(rule.count, 3);
});
