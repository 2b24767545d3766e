import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldOf, instantOf, windowText } from './room-time.ts';

test('an instant survives its field, to the minute', () => {
  assert.equal(instantOf(fieldOf('2026-11-26T12:34:00.000Z')), '2026-11-26T12:34:00.000Z');
  assert.equal(instantOf(''), undefined);
});

test('a room is yet to open, open or over', () => {
  const room = { validFrom: '2026-11-26T12:00:00Z', validUntil: '2026-11-26T13:00:00Z' };
  const at = (time: string): string => windowText(room, Date.parse(time)).split(' ')[0] ?? '';
  assert.deepEqual([at('2026-11-26T11:59:59Z'), at('2026-11-26T12:00:00Z'), at('2026-11-26T13:00:00Z')], ['from', 'open', 'over']);
});
