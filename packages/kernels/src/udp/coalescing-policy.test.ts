import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoalescingMeter, coalescingFor } from './coalescing-policy.ts';

test('coalescing is off for a few calls, 1 ms from 1,200 packets a second, a little less where many come, and does not flutter', () => {
  assert.deepEqual([0, 500, 1_199].map((rate) => coalescingFor(rate, 0)), [0, 0, 0]);
  assert.deepEqual([1_200, 3_000, 50_000, 1_000_000].map((rate) => coalescingFor(rate, 0)), [1_000, 1_000, 750, 750]);
  assert.deepEqual([900, 799].map((rate) => coalescingFor(rate, 1_000)), [1_000, 0]);
  assert.equal(coalescingFor(1_000, 0), 0);
});

test('the meter measures over windows, also those that nothing came in', () => {
  const meter = new CoalescingMeter();
  assert.deepEqual([meter.observe(1_000, 50), meter.observe(0, 101)], [undefined, 1_000]);
  assert.equal(meter.observe(1_000, 202), undefined);
  assert.deepEqual([meter.observe(1, 900_000), meter.observe(1, 900_001)], [0, undefined]);
});
