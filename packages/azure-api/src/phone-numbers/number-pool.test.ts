import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openStore } from '@dialplane/store';
import { createLogger } from '@dialplane/telemetry';
import { openTelephonyBooks } from '@dialplane/telephony';
import { NumberPool } from './number-pool.ts';

const numbers = ['+14255550100', '+14255550101', '+14255550102'];
const search = { country: 'US', phoneNumberType: 'geographic', assignmentType: 'application', capabilities: { calling: 'inbound', sms: 'none' }, areaCode: undefined, prefixes: [], quantity: 1 } as const;
const reservationId = '6227aeb8-8086-4824-9586-05cafe96f37b';

/** Opens the pool on the store of the run before. */
function restarts(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-numbers-'));
  const clock = { at: Date.parse('2026-11-26T12:00:00Z') };
  let close = async (): Promise<void> => undefined;
  t.after(async () => {
    await close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    clock,
    open: async () => {
      await close();
      const store = await openStore({ dataDir });
      const books = await openTelephonyBooks({ store, dataDir, logger: createLogger({ destination: { write: () => undefined } }), resourceId: () => 'r1', numberRetentionMs: 1, usageRetentionMs: 1, now: () => clock.at });
      close = async () => {
        await books.close();
        await store.close();
      };
      return { books, pool: new NumberPool(() => books.numbers, () => clock.at) };
    },
  };
}

test('what somebody holds is held after a restart, until its time is over', async (t) => {
  const { open, clock } = restarts(t);
  const first = await open();
  for (const number of numbers) await first.books.numbers.put(number, { state: 'pool' });
  const { searchId, expiresAt } = await first.pool.search(search);
  await first.pool.reserve(reservationId, { 14255550101: {} });
  const second = await open();
  assert.equal(second.pool.found(searchId).expiresAt, expiresAt);
  assert.deepEqual(second.pool.reserved(second.pool.reservation(reservationId)).map(({ phoneNumber }) => phoneNumber), ['+14255550101']);
  assert.deepEqual(second.pool.matching(search, 9).map(({ number }) => number), ['+14255550102'], 'the others are somebody\'s');
  await second.pool.endReservation(reservationId);
  clock.at = expiresAt;
  const third = await open();
  assert.throws(() => third.pool.found(searchId), /SEARCH_NOT_FOUND|expired/);
  assert.throws(() => third.pool.reservation(reservationId));
  assert.equal(third.pool.matching(search, 9).length, 3);
});
