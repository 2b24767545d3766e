import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatClock, formatDuration, formatOffset } from './duration.ts';
import { dialedIdentifier, personName, typedIdentifier } from './person.ts';
import { formatBitrate, formatBytes, formatCount, formatRatio } from './quantity.ts';

test('spans round into the unit that people read', () => {
  assert.deepEqual([0, 840, 999.6, 12_440, 59_949, 59_960, 185_000, 3_720_000, Number.NaN, -5].map(formatDuration), [
    '0 ms', '840 ms', '1.0 s', '12.4 s', '59.9 s', '1 min 00 s', '3 min 05 s', '1 h 02 min', '–', '0 ms',
  ]);
  assert.deepEqual([0, 7_900, 723_000, 3_600_000].map(formatClock), ['0:00', '0:07', '12:03', '1:00:00']);
  assert.deepEqual([0, 42, 75_300, -3].map(formatOffset), ['+0.000', '+0.042', '+75.300', '−0.003']);
});

test('quantities carry their unit', () => {
  assert.deepEqual([850, 64_000, 999_600, 2_100_000, Number.NaN].map(formatBitrate), ['850 bit/s', '64 kbit/s', '1.0 Mbit/s', '2.1 Mbit/s', '–']);
  assert.deepEqual([920, 4_200, 1_300_000, 2_500_000_000].map(formatBytes), ['920 B', '4.2 kB', '1.3 MB', '2.50 GB']);
  assert.deepEqual([0, 0.004, 0.12].map(formatRatio), ['0 %', '0.4 %', '12 %']);
  assert.deepEqual([formatCount(1, 'call'), formatCount(3, 'call'), formatCount(2, 'reply', 'replies')], ['1 call', '3 calls', '2 replies']);
});

test('people have names, numbers, or a readable end of their identifier', () => {
  assert.equal(personName('8:acs:r_1', 'Ada'), 'Ada');
  assert.equal(personName('4:+15550100'), '+15550100');
  assert.equal(personName('8:acs:1b2c_7f3b2a52-8f3e-4a54-9a6f-0b6b7f2f5a11', '  '), 'user 7f3b2a52…');
  assert.equal(personName('8:acs:1b2c_ada'), 'user ada');
  assert.equal(personName('28:bot'), '28:bot');
});

test('typed text is an identifier, a telephone number or a name', () => {
  assert.equal(typedIdentifier(' 8:acs:r_1 '), '8:acs:r_1');
  assert.equal(typedIdentifier('+1 (555) 010-0123'), '4:+15550100123');
  for (const name of ['Ada', '', '555 0100', '+12', '8: acs']) assert.equal(typedIdentifier(name), undefined, name);
  assert.deepEqual(['(030) 123-456', '+1 202', '112', '1', 'Ada', '+'].map(dialedIdentifier), ['4:030123456', '4:+1202', '4:112', undefined, undefined, undefined]);
});
