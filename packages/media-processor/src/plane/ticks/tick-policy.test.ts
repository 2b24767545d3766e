import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { TickPolicy } from './tick-policy.ts';

test('timers are looked at soon while something is missing, with packets while media flows, rarely while nothing does', () => {
  const policy = new TickPolicy();
  assert.equal(policy.dueAt(instant(0)), 0, 'they never were');
  policy.noteTick(instant(10_000));
  assert.equal(policy.dueAt(instant(10_000)), 10_500);
  policy.noteMedia(instant(10_000));
  assert.deepEqual([policy.dueAt(instant(10_000)), policy.dueAt(instant(10_300))], [10_250, 10_300]);
  policy.noteTick(instant(10_900));
  assert.deepEqual([policy.dueAt(instant(10_999)), policy.dueAt(instant(11_000))], [11_150, 11_400]);
  policy.noteUrgency(instant(10_990));
  assert.deepEqual([policy.dueAt(instant(10_900)), policy.dueAt(instant(11_090))], [10_910, 11_400]);
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
