import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@dialplane/telemetry';
import { testStores, usage } from '../test-store.ts';
import { RelayLedger } from './relay-ledger.ts';
import { UsageReader } from './usage-reader.ts';

test('reports come from another thread and hold what was recorded; who asks when it ends is refused', async (t) => {
  const openStore = testStores(t);
  const store = await openStore();
  const ledger = new RelayLedger({ store, logger: createLogger({ level: 'silent' }), rateOf: () => ({ micros: 0, currency: 'USD' }) });
  const reader = new UsageReader(openStore.dataDir);
  t.after(() => reader.close());
  assert.deepEqual(await reader.rows({}, { limit: 10, cursor: undefined }), { value: [] });
  await ledger.record(usage('stopped', 1000, [3, 4]));
  const [rows, sums, records] = await Promise.all([
    reader.rows({ identifier: '8:acs:r1_alice' }, { limit: 10, cursor: undefined }), reader.sums({}, 'day'), reader.records({}, { limit: 10, cursor: undefined }),
  ]);
  assert.deepEqual([rows?.value[0]?.toPeerPackets, sums.value[0]?.day, records?.value[0]?.quantity], [3, '1970-01-01', 7e-7]);
  assert.equal(await reader.rows({}, { limit: 10, cursor: 'what' }), undefined);

  const crowd = Array.from({ length: 120 }, () => reader.sums({}, 'user').then(() => 'answered', (error: { code: string }) => error.code));
  const refused = (await Promise.all(crowd)).filter((outcome) => outcome !== 'answered');
  assert.deepEqual([refused.length, refused[0]], [20, 'STORE_BUSY']);
  const last = reader.sums({}, 'user');
  await Promise.all([assert.rejects(last, { code: 'STORE_CLOSED' }), reader.close()]);
});

test('a ledger that is not there is an error of the store', async (t) => {
  const reader = new UsageReader('/nowhere');
  t.after(() => reader.close());
  await assert.rejects(reader.sums({}, 'day'), /STORE|database|thread/);
});
