import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fastify from 'fastify';
import { openStore } from '@dialplane/store';
import { createLogger } from '@dialplane/telemetry';
import { openTelephonyBooks } from '@dialplane/telephony';
import { LongOperations } from './long-operations.ts';
import { NumberPool } from './number-pool.ts';

const numbers = ['+14255550100', '+14255550101', '+14255550102'];
const search = { country: 'US', phoneNumberType: 'geographic', assignmentType: 'application', capabilities: { calling: 'inbound', sms: 'none' }, areaCode: undefined, prefixes: [], quantity: 1 } as const;
const reservationId = '6227aeb8-8086-4824-9586-05cafe96f37b';

test('who polls an operation hears of it after a restart, for an hour', async (t) => {
  const { open, clock } = restarts(t);
  const served = async () => {
    const { books } = await open();
    const operations = new LongOperations(() => books.numbers.holds, () => clock.at);
    const api = fastify();
    api.post('/', async (_request, reply) => {
      await operations.accept(reply, 'purchase', '/there');
      return reply.send();
    });
    return { operations, id: async () => String((await api.inject({ method: 'POST', url: '/' })).headers['operation-id']) };
  };
  const first = await served();
  const ids = [await first.id(), await first.id()] as const;
  clock.at += 3_599_999;
  const second = await served();
  assert.deepEqual(ids.map((id) => second.operations.get(id)), ids.map((id) => first.operations.get(id)));
  assert.deepEqual([second.operations.get(ids[0])?.status, second.operations.get(ids[0])?.resourceLocation, second.operations.get('purchase_nothing')], ['succeeded', '/there', undefined]);
  clock.at += 1;
  assert.equal(second.operations.get(ids[0]), undefined);
  const { books } = await open();
  assert.deepEqual(books.numbers.holds.left, []);
});

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
