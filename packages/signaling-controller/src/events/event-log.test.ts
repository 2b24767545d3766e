import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointEvent } from '@dialplane/calling-api';
import fc from 'fast-check';
import { EventLog } from './event-log.ts';

const sync: EndpointEvent = { type: 'sync', calls: [] };
const append = (log: EventLog, times: number): void => {
  for (let count = 0; count < times; count += 1) log.append(sync, '2026-01-01T00:00:00.000Z', count);
};

test('a log tells exactly what came after an id it reaches back to, and nothing of any other', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: -2, max: 45 }), fc.integer({ min: 1, max: 20 }), (count, known, maxEvents) => {
      const log = new EventLog('e', { maxEvents, maxBytes: 1e9 });
      append(log, count);
      const events = log.after(`e-${known}`);
      const isReachable = known >= Math.max(0, count - maxEvents) && known <= count;
      assert.deepEqual(
        events?.map(({ eventId }) => eventId),
        isReachable ? Array.from({ length: count - known }, (_value, index) => `e-${known + 1 + index}`) : undefined,
      );
    }),
  );
});

test('a log is bounded in bytes and age, and goes on numbering', () => {
  const log = new EventLog('e', { maxEvents: 1000, maxBytes: 500 });
  append(log, 50);
  assert.equal(log.lastEventId, 'e-50');
  assert.equal(log.after('e-0'), undefined);
  assert.equal(log.after('e-49')?.length, 1);
  log.forgetBefore(1000);
  assert.equal(log.after('e-49'), undefined);
  assert.deepEqual(log.after('e-50'), []);
});

test('ids of another run, and rubbish, cannot be continued', () => {
  const log = new EventLog('e', { maxEvents: 10, maxBytes: 1e9 });
  append(log, 3);
  for (const id of ['f-2', '2', '', 'e-', 'e-x', 'e-1e0x', 'e--1', 'e-1.5', 'e-9999999999999999999']) assert.equal(log.after(id), undefined, id);
});
