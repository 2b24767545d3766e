import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RelayUsageSum } from '@dialplane/calling-api';
import { instantsOf, recentDays } from './usage-period.ts';
import { formatMoney, rowOfSum, totalCost } from './usage-rows.ts';

const sum: RelayUsageSum = {
  resourceId: 'main', allocations: 2, toPeerBytes: 100, toPeerPackets: 1, toClientBytes: 200, toClientPackets: 2, durationMs: 3000, cost: 0.25, currency: 'EUR',
};

test('a period is of whole days of UTC, the last one included', () => {
  const period = recentDays(Date.parse('2026-03-02T23:59:59Z'));
  assert.deepEqual(period, { firstDay: '2026-02-01', lastDay: '2026-03-02' });
  assert.deepEqual(instantsOf(period), { from: '2026-02-01T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' });
  assert.deepEqual(instantsOf({ firstDay: '2026-03-02', lastDay: '2026-03-02' })?.to, '2026-03-03T00:00:00.000Z');
  for (const period of [{ firstDay: '', lastDay: '2026-03-02' }, { firstDay: '2026-03-03', lastDay: '2026-03-02' }]) assert.equal(instantsOf(period), undefined);
});

test('a line is called after what it sums up', () => {
  const callId = '7f3b2a52-8f3e-4a54-9a6f-0b6b7f2f5a11';
  assert.equal(rowOfSum({ ...sum, day: '2026-03-02' }).title, '2026-03-02');
  assert.equal(rowOfSum({ ...sum, callId }).title, 'Call 7f3b2a52');
  assert.equal(rowOfSum({ ...sum, identifier: '8:acs:r_0d9a3b10-1111-4a54-9a6f-0b6b7f2f5a11' }).title, 'user 0d9a3b10…');
});

test('costs are summed up per currency', () => {
  assert.equal(totalCost([rowOfSum(sum), rowOfSum(sum)]), formatMoney(0.5, 'EUR'));
  assert.equal(totalCost([rowOfSum(sum), rowOfSum({ ...sum, currency: 'USD' })]), `${formatMoney(0.25, 'EUR')} + ${formatMoney(0.25, 'USD')}`);
  assert.match(formatMoney(0.000_02, 'EUR'), /0[.,]00002/);
});
