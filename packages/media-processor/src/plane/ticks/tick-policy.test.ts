import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { TickPolicy } from './tick-policy.ts';

test('timers are looked at soon while something is missing, with packets while media flows, rarely while nothing does', () => {
  const policy = new TickPolicy();
  assert.equal(policy.timeoutMs(instant(0)), 500);
  policy.noteMedia(instant(10_000));
  assert.deepEqual([policy.timeoutMs(instant(10_000)), policy.timeoutMs(instant(10_999)), policy.timeoutMs(instant(11_000))], [250, 250, 500]);
  policy.noteUrgency(instant(10_500));
  assert.deepEqual([policy.timeoutMs(instant(10_599)), policy.timeoutMs(instant(10_600)), policy.timeoutMs(instant(12_000))], [10, 250, 500]);
});

test('packets bring a look with them once it is time', () => {
  const policy = new TickPolicy();
  assert.ok(policy.isDue(instant(0)), 'there was none yet');
  policy.noteTick(instant(0));
  assert.deepEqual([policy.isDue(instant(499)), policy.isDue(instant(500))], [false, true]);
  policy.noteMedia(instant(10));
  assert.deepEqual([policy.isDue(instant(49)), policy.isDue(instant(50))], [false, true]);
  policy.noteUrgency(instant(10));
  assert.deepEqual([policy.isDue(instant(9)), policy.isDue(instant(10))], [false, true]);
});
