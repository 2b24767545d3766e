import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialingPolicy } from '@dialplane/calling-api';
import { isLimit, readLimits, reachedOf, textsOf, withLimits } from './limit-draft.ts';
import { faultOfPrefixes, readPrefixes } from './number-prefixes.ts';

const policy: DialingPolicy = {
  barredPrefixes: [], allowedPrefixes: [], premiumNumbers: 'barred', anonymousCalls: 'barred', currency: 'EUR', rates: [], incomingRatePerMinute: 0,
  limits: { resource: { concurrentCalls: 200 }, perNumber: {}, perUser: { minutesPerDay: 1440 }, byPrefix: [{ prefix: '+49', limits: { costPerDay: 4.5 } }] },
};

test('beginnings of numbers are read whatever stands between them, and what is none is named', () => {
  assert.deepEqual(readPrefixes('+1900, +44\n+49;+44'), { ok: true, prefixes: ['+1900', '+44', '+49'] });
  assert.deepEqual(readPrefixes('  '), { ok: true, prefixes: [] });
  for (const [text, wrong] of [['0049', '0049'], ['+1 900', '900'], ['+', '+'], ['+12a', '+12a'], ['+1234567890123456', '+1234567890123456']] as const) {
    assert.match(faultOfPrefixes(readPrefixes(text)) ?? '', new RegExp(`^“${wrong.replace('+', '\\+')}” is no beginning`));
  }
});

test('limits are shown as they are read, and empty is without limit', () => {
  const limits = { concurrentCalls: 0, costPerDay: 4.5 };
  assert.deepEqual(readLimits(textsOf(limits)), limits);
  assert.deepEqual(readLimits(textsOf({})), {});
  assert.deepEqual(readLimits({ ...textsOf({}), costPerDay: '4,5' }), { costPerDay: 4.5 });
  assert.equal(readLimits({ ...textsOf({}), minutesPerDay: '1.5' }), undefined);
  assert.deepEqual([isLimit('concurrentCalls', '-1'), isLimit('concurrentCalls', '9999999'), isLimit('costPerDay', 'much')], [false, false, false]);
});

test('limits of one scope change nothing else', () => {
  assert.deepEqual(withLimits(policy, { kind: 'perUser' }, {}).limits, { ...policy.limits, perUser: {} });
  assert.deepEqual(withLimits(policy, { kind: 'prefix', name: '+1' }, { concurrentCalls: 2 }).limits.byPrefix.map(({ prefix }) => prefix), ['+1', '+49']);
  assert.deepEqual(withLimits(policy, { kind: 'prefix', name: '+49' }, {}).limits.byPrefix, [{ prefix: '+49', limits: {} }]);
  assert.equal(withLimits(policy, { kind: 'trunk', name: 'a.example.com' }, {}), policy);
});

test('a limit of which nothing is left is reached', () => {
  const use = { scope: 'resource', concurrentCalls: 2, callsInLastMinute: 1, minutesToday: 10, costToday: 0 } as const;
  assert.deepEqual(reachedOf({ ...use, limits: { concurrentCalls: 2, callsPerMinute: 2, minutesPerDay: 9 } }), ['concurrentCalls', 'minutesPerDay']);
  assert.deepEqual(reachedOf({ ...use, limits: {} }), []);
});
