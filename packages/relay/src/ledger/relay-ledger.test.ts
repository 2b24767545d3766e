import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createLogger } from '@dialplane/telemetry';
import type { Store } from '@dialplane/store';
import { limitPages, testStores, usage } from '../test-store.ts';
import { RelayLedger } from './relay-ledger.ts';
import type { RelayRate } from './relay-rates.ts';
import { UsageQueries } from './usage-queries.ts';
import { UsageRetention } from './usage-retention.ts';

const midnight = Date.parse('2026-11-26T00:00:00Z');

interface Opened {
  readonly store: Store;
  readonly ledger: RelayLedger;
  readonly queries: UsageQueries;
  readonly logLines: string[];
  rate: RelayRate;
}

async function open(t: TestContext, openStore = testStores(t)): Promise<Opened> {
  const store = await openStore();
  const logLines: string[] = [];
  const opened = { store, logLines, rate: { micros: 400_000, currency: 'EUR' } };
  const logger = createLogger({ destination: { write: (line) => logLines.push(line) } });
  const ledger = new RelayLedger({ store, logger, rateOf: () => opened.rate, retryAfterMs: 1 });
  return Object.assign(opened, { ledger, queries: new UsageQueries(store) });
}

test('each step is a row with what was relayed since the one before', async (t) => {
  const { ledger, queries } = await open(t);
  await ledger.record(usage('started', midnight, [0, 0]));
  await ledger.record(usage('continued', midnight + 60_000, [10, 5]));
  await ledger.record(usage('stopped', midnight + 90_000, [12, 6]));
  const rows = await queries.rows({}, 10);
  assert.deepEqual(rows.map((row) => [row.step, row.kind, row.to_peer_bytes, row.to_peer_packets, row.to_client_bytes, row.to_client_packets, row.duration_ms]), [
    [0, 'started', 0, 0, 0, 0, 0], [1, 'continued', 1000, 10, 500, 5, 60_000], [2, 'stopped', 200, 2, 100, 1, 30_000],
  ]);
  assert.deepEqual({ ...rows[2] }, {
    allocation_id: 'a1', step: 2, kind: 'stopped', reason: 'deleted', at: midnight + 90_000, resource_id: 'r1', user_id: '8:acs:r1_alice', call_id: 'c1', participant_id: 'p1',
    client_transport: 'udp', peer_transport: 'udp', client_address: '198.51.100.7:40000', relayed_addresses: '192.0.2.1:53248 [2001:db8::1]:53248',
    to_peer_bytes: 200, to_peer_packets: 2, to_client_bytes: 100, to_client_packets: 1, duration_ms: 30_000, rate_micros: 400_000, currency: 'EUR',
  });
});

test('steps told again, late or after the stop add nothing, also in another run', async (t) => {
  const openStore = testStores(t);
  const first = await open(t, openStore);
  const steps = [usage('started', midnight, [0, 0]), usage('continued', midnight + 60_000, [10, 5]), usage('continued', midnight + 120_000, [20, 9])];
  for (const step of [...steps, ...steps]) await first.ledger.record(step);
  assert.equal((await first.queries.rows({}, 10)).length, 3);
  const second = await open(t, openStore);
  await second.ledger.record(usage('stopped', midnight + 130_000, [25, 9], { reason: 'crashed' }));
  await second.ledger.record(usage('stopped', midnight + 190_000, [25, 9], { reason: 'crashed' }));
  await second.ledger.record(usage('continued', midnight + 200_000, [99, 99]));
  const rows = await second.queries.rows({}, 10);
  assert.deepEqual(rows.map(({ kind, reason }) => [kind, reason]), [['started', null], ['continued', null], ['continued', null], ['stopped', 'crashed']]);
  assert.equal(rows.reduce((sum, row) => sum + row.to_peer_bytes, 0), 2500);
});

test('the stop of an allocation whose start was lost holds all of it', async (t) => {
  const { ledger, queries } = await open(t);
  await ledger.record(usage('stopped', midnight, [7, 3], { reason: 'crashed' }));
  assert.deepEqual((await queries.rows({}, 10)).map((row) => [row.kind, row.to_peer_bytes, row.to_client_packets]), [['stopped', 700, 3]]);
});

test('a full disk delays rows, loses none, and is one line in the log', async (t) => {
  const { store, ledger, queries, logLines } = await open(t);
  await ledger.record(usage('started', midnight, [0, 0]));
  await limitPages(store, 0);
  const others = Array.from({ length: 300 }, (_value, index) => ledger.record(usage('started', midnight, [0, 0], { allocationId: `b${index}`.padEnd(200) })));
  const waiting: Array<Promise<void>> = [];
  for (let minute = 1; minute <= 50; minute += 1) waiting.push(ledger.record(usage('continued', midnight + minute * 60_000, [minute, 0])));
  const stop = ledger.record(usage('stopped', midnight + 3_600_000, [60, 1]));
  await Promise.all(waiting);
  assert.equal(ledger.isWritable, false);
  assert.ok(ledger.backlog > 0 && ledger.backlog <= 302, `${ledger.backlog} steps wait`);
  await limitPages(store, 100_000);
  await Promise.all([...others, stop]);
  assert.equal(ledger.isWritable, true);
  assert.equal(logLines.filter((line) => line.includes('cannot be stored')).length, 1, logLines.join(''));
  const sums = await queries.sums({ userId: '8:acs:r1_alice' }, 'user', 10);
  assert.deepEqual(sums.map(({ allocations, toPeerPackets, toClientPackets }) => [allocations, toPeerPackets, toClientPackets]), [[301, 60, 1]]);
});

test('what cannot be stored when the server ends is not confirmed, so that the next run tells it again', async (t) => {
  const { store, ledger } = await open(t);
  await limitPages(store, 0);
  const lost = Array.from({ length: 300 }, (_value, index) => ledger.record(usage('stopped', midnight, [1, 1], { allocationId: `b${index}`.padEnd(200) })));
  const outcomes = Promise.allSettled(lost);
  await ledger.close();
  const rejected = (await outcomes).filter(({ status }) => status === 'rejected');
  assert.ok(rejected.length > 0);
  await limitPages(store, 100_000);
});

test('sums by day, call, participant, user and resource agree with the rows, and cost what the rate says', async (t) => {
  const opened = await open(t);
  const { ledger, queries } = opened;
  const grant = (userId: string, call?: { callId: string; participantId: string }) => ({ credentialId: 'k', resourceId: 'r1', userId, expiresAt: 9e12, ...(call !== undefined && { call }) });
  await ledger.record(usage('started', midnight - 60_000, [0, 0]));
  await ledger.record(usage('continued', midnight - 1, [10_000_000, 0]));
  await ledger.record(usage('stopped', midnight, [15_000_000, 5_000_000]));
  opened.rate = { micros: 1_000_000, currency: 'USD' };
  await ledger.record(usage('started', midnight, [0, 0], { allocationId: 'a2', grant: grant('8:acs:r1_bob', { callId: 'c1', participantId: 'p2' }), clientTransport: 'tls' }));
  await ledger.record(usage('stopped', midnight + 1000, [1, 1], { allocationId: 'a2', grant: grant('8:acs:r1_bob', { callId: 'c1', participantId: 'p2' }), clientTransport: 'tls' }));
  await ledger.record(usage('stopped', midnight + 2000, [1, 0], { allocationId: 'a3', grant: grant('8:acs:r1_bob') }));

  const brief = (sums: Awaited<ReturnType<UsageQueries['sums']>>, key: (sum: (typeof sums)[number]) => string | null) =>
    sums.map((sum) => [key(sum), sum.allocations, sum.toPeerBytes, sum.toClientBytes, Math.round(sum.cost * 1e6) / 1e6, sum.currency]);
  assert.deepEqual(brief(await queries.sums({}, 'day', 10), (sum) => sum.day), [
    ['2026-11-25', 1, 1e9, 0, 0.4, 'EUR'], ['2026-11-26', 0, 5e8, 5e8, 0.4, 'EUR'], ['2026-11-26', 2, 200, 100, 0, 'USD'],
  ]);
  assert.deepEqual(brief(await queries.sums({}, 'participant', 10), (sum) => sum.participantId), [
    ['p1', 1, 1.5e9, 5e8, 0.8, 'EUR'], ['p2', 1, 100, 100, 0, 'USD'], [null, 1, 100, 0, 0, 'USD'],
  ]);
  assert.deepEqual(brief(await queries.sums({ callId: 'c1' }, 'call', 10), (sum) => sum.callId), [['c1', 1, 1.5e9, 5e8, 0.8, 'EUR'], ['c1', 1, 100, 100, 0, 'USD']]);
  assert.deepEqual(brief(await queries.sums({ from: midnight }, 'user', 10), (sum) => sum.userId), [['8:acs:r1_alice', 0, 5e8, 5e8, 0.4, 'EUR'], ['8:acs:r1_bob', 2, 200, 100, 0, 'USD']]);
  assert.equal((await queries.sums({ resourceId: 'r2' }, 'resource', 10)).length, 0);

  const allocations = await queries.allocations({ callId: 'c1' }, 10);
  assert.deepEqual(allocations.map((one) => [one.allocationId, one.clientTransport, one.startedAt, one.updatedAt, one.isStopped, one.toPeerPackets, one.durationMs, one.rateMicros, one.currency]), [
    ['a1', 'udp', midnight - 60_000, midnight, true, 15_000_000, 60_000, 400_000, 'EUR'], ['a2', 'tls', midnight, midnight + 1000, true, 1, 1000, 1_000_000, 'USD'],
  ]);
});

test('lists go on where they stopped', async (t) => {
  const { ledger, queries } = await open(t);
  for (const allocationId of ['a', 'b', 'c']) for (const kind of ['started', 'stopped'] as const) await ledger.record(usage(kind, midnight, [1, 1], { allocationId }));
  const first = await queries.rows({}, 4);
  const last = first.at(-1);
  assert.ok(last !== undefined);
  const second = await queries.rows({}, 4, { at: last.at, subject: last.allocation_id, step: last.step });
  assert.deepEqual([...first, ...second].map((row) => `${row.allocation_id}${row.step}`), ['a0', 'a1', 'b0', 'b1', 'c0', 'c1']);
  assert.deepEqual((await queries.allocations({}, 10, { at: midnight, subject: 'a' })).map(({ allocationId }) => allocationId), ['b', 'c']);
});

test('addresses go with the records and the user, amounts after the retention time', async (t) => {
  const { store, ledger, queries } = await open(t);
  const retention = new UsageRetention(store);
  await ledger.record(usage('stopped', midnight, [1, 1], { allocationId: 'old' }));
  await ledger.record(usage('started', midnight, [1, 1], { allocationId: 'running' }));
  await ledger.record(usage('stopped', midnight + 10, [1, 1], { allocationId: 'new' }));
  const addresses = async () => (await queries.rows({}, 10)).map((row) => [row.allocation_id, row.client_address]);
  await retention.forgetAddresses(midnight + 5);
  assert.deepEqual(await addresses(), [['old', null], ['running', null], ['new', '198.51.100.7:40000']]);
  await retention.forgetAddressesOf('8:acs:r1_alice');
  await retention.deleteStopped(midnight + 5);
  assert.deepEqual(await addresses(), [['running', null], ['new', null]]);
});
