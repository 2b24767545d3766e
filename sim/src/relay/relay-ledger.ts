import assert from 'node:assert/strict';
import { formatTransportAddress } from '@dialplane/stun';
import type { RelayedTotals } from '@dialplane/turn';
import type { RelayProgram } from './relay-program.ts';

const columns = ['toPeerBytes', 'toPeerPackets', 'toClientBytes', 'toClientPackets'] as const;

/** Each allocation has one start and one stop with growing totals between, and what a client's stops add up to is what went over the wire. */
export function checkLedger(relay: RelayProgram): void {
  const last = new Map<number, RelayedTotals>();
  const sums = new Map<string, number[]>();
  for (const { event, allocation, totals, path } of relay.ledger) {
    const before = last.get(allocation);
    assert.equal(event.kind === 'started', before === undefined, `allocation ${allocation} starts once`);
    for (const column of columns) assert.ok(totals[column] >= (before?.[column] ?? 0), `allocation ${allocation} loses ${column}`);
    last.set(allocation, totals);
    if (event.kind !== 'stopped') continue;
    const client = formatTransportAddress(path.remote);
    sums.set(client, columns.map((column, index) => totals[column] + (sums.get(client)?.[index] ?? 0)));
  }
  for (const [client, { seen }] of relay.witnesses) {
    assert.deepEqual(sums.get(client) ?? [0, 0, 0, 0], columns.map((column) => seen[column]), `what ${client} relayed`);
  }
}
