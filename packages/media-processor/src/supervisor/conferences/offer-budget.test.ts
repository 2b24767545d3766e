import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OfferBudget } from './offer-budget.ts';

test('so many offers at once, and so many a second from then on', () => {
  const budget = new OfferBudget(3, 2, 1_000);
  assert.deepEqual([1_000, 1_000, 1_000, 1_000].map((now) => budget.take(now)), [true, true, true, false]);
  assert.deepEqual([1_400, 1_500, 1_600].map((now) => budget.take(now)), [false, true, false]);
  assert.deepEqual([60_000, 60_000, 60_000, 60_000].map((now) => budget.take(now)), [true, true, true, false]);
});
