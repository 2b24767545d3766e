import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relaysAsSeen } from './relays-as-seen.ts';

test('packets of a relay come from its relayed address, or behind a 1:1 NAT from our own with the same port', () => {
  const own = ['10.0.0.4', 'fd00::4'];
  assert.deepEqual(relaysAsSeen('10.0.0.4:50000', own), ['10.0.0.4:50000']);
  assert.deepEqual(relaysAsSeen('[fd00::4]:50001', own), ['[fd00::4]:50001']);
  assert.deepEqual(relaysAsSeen('203.0.113.7:50000', own), ['10.0.0.4:50000']);
  assert.deepEqual(relaysAsSeen('[2001:db8::7]:50000', ['10.0.0.4']), ['[2001:db8::7]:50000']);
  assert.deepEqual(relaysAsSeen('nonsense', own), []);
});
