import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@dialplane/telemetry';
import { RelayLedger } from '../ledger/relay-ledger.ts';
import { UsageQueries } from '../ledger/usage-queries.ts';
import { TestRelayPlane } from '../test-relay-plane.ts';
import { limitPages, testStores } from '../test-store.ts';
import { Bystander } from './test-bystander.ts';

test('while the disk under the ledger is full people talk on and new ones come, the log says it once, and nothing is lost', async (t) => {
  const openStore = testStores(t);
  const store = await openStore();
  const log: string[] = [];
  const said = (pattern: RegExp): number => log.filter((line) => pattern.test(line)).length;
  const ledger = new RelayLedger({ store, logger: createLogger({ destination: { write: (line) => log.push(line) } }), rateOf: () => ({ micros: 0, currency: 'EUR' }), retryAfterMs: 20 });
  const relay = await TestRelayPlane.start({ onUsage: (event) => ledger.record(event) });
  t.after(() => relay.close());
  const first = await Bystander.start(relay);
  await limitPages(store, 0);
  // Small rows fit into pages that are there; after some of them the disk is full.
  let users = 0;
  for (; ledger.isWritable; users += 1) {
    const guest = await Bystander.start(relay, 'udp');
    await guest.talk(1);
    await guest.release();
  }
  await first.talk();
  const late = await Bystander.start(relay, 'udp');
  await late.talk(7);
  await late.release();
  assert.equal(said(/is the disk full\?/), 1);
  assert.ok(ledger.backlog > 0);

  await limitPages(store, 1_000_000);
  await first.talk(3);
  await first.release();
  await relay.close();
  await ledger.close();
  assert.equal(said(/nothing was lost/), 1);
  const rows = await new UsageQueries(store).rows({}, 10_000);
  const stopped = rows.filter(({ kind }) => kind === 'stopped');
  assert.equal(stopped.length, users + 2);
  const packets = rows.reduce((sum, row) => sum + row.to_peer_packets, 0);
  assert.equal(packets, users + 50 + 7 + 3);
  assert.equal(rows.reduce((sum, row) => sum + row.to_client_bytes, 0), packets * 4);
});
