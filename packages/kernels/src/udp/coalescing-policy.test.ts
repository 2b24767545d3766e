import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoalescingMeter, coalescingFor } from './coalescing-policy.ts';

/** Packets that come one by one. */
const singly = (rate: number) => ({ packets: rate, batches: rate });

test('coalescing is off for a few calls, 1 ms from 1,200 packets a second, a little less where many come, and does not flutter', () => {
  assert.deepEqual([0, 500, 1_199].map((rate) => coalescingFor(singly(rate), 0)), [0, 0, 0]);
  assert.deepEqual([1_200, 3_000, 50_000, 1_000_000].map((rate) => coalescingFor(singly(rate), 0)), [1_000, 1_000, 750, 750]);
  assert.deepEqual([900, 499].map((rate) => coalescingFor(singly(rate), 1_000)), [1_000, 0]);
  assert.equal(coalescingFor(singly(1_000), 0), 0);
});

test('bursts do not gather while they are few, and do where they carry much', () => {
  assert.deepEqual([0, 1_000].map((current) => coalescingFor({ packets: 2_000, batches: 400 }, current)), [0, 0]);
  assert.deepEqual([0, 1_000].map((current) => coalescingFor({ packets: 5_000, batches: 400 }, current)), [0, 1_000]);
  assert.deepEqual([0, 750].map((current) => coalescingFor({ packets: 100_000, batches: 400 }, current)), [750, 750]);
});

test('the meter measures over windows, also those that nothing came in', () => {
  const meter = new CoalescingMeter();
  assert.deepEqual([meter.observe(1_000, 50), meter.observe(0, 101)], [undefined, 1_000]);
  assert.equal(meter.observe(1_000, 202), undefined);
  assert.deepEqual([meter.observe(1, 900_000), meter.observe(1, 900_001)], [0, undefined]);
});
