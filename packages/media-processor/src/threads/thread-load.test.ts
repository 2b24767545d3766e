import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadLoad } from './thread-load.ts';

const dayMs = 86_400_000;

test('the load is that of the last two seconds, of the busiest thread', () => {
  const load = new ThreadLoad(0, [0, 0]);
  assert.equal(load.observe(0, [0, 0]), 0, 'no time has passed');
  assert.equal(load.observe(500, [50, 0]), 0.1);
  assert.equal(load.observe(dayMs, [50, 0]), 0);
  assert.equal(load.observe(dayMs + 500, [50 + 500, 0]).toFixed(3), '1.000');
  for (let step = 2; step <= 4; step += 1) load.observe(dayMs + step * 500, [50 + step * 500, 0]);
  assert.equal(load.observe(dayMs + 2500, [50 + 2000, 250]), 0.75);
  for (let step = 6; step <= 8; step += 1) load.observe(dayMs + step * 500, [50 + 2000, step * 50]);
  assert.equal(load.observe(dayMs + 4500, [50 + 2000, 1250]), 0.5);
});
