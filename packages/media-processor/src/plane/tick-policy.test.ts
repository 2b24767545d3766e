import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { TickPolicy } from './tick-policy.ts';

test('ticks are close while something is missing, apart while media flows, rare while nothing does', () => {
  const policy = new TickPolicy();
  assert.equal(policy.tickMs(instant(0)), 500);
  policy.noteMedia(instant(10_000));
  assert.deepEqual([policy.tickMs(instant(10_000)), policy.tickMs(instant(10_999)), policy.tickMs(instant(11_000))], [50, 50, 500]);
  policy.noteUrgency(instant(10_500));
  assert.deepEqual([policy.tickMs(instant(10_599)), policy.tickMs(instant(10_600)), policy.tickMs(instant(12_000))], [10, 50, 500]);
});
