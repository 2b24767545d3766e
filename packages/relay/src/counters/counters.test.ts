import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLogger } from '@dialplane/telemetry';
import type { RelayUsageEvent } from '../relay-plane.ts';
import { CounterFile } from './counter-file.ts';
import { type CountedAllocation, longestGrant } from './counters-layout.ts';
import { readCrashedUsage } from './crashed-usage.ts';
import { recoverUsage } from './recover-usage.ts';

const allocation = (number: number, userId = 'alice'): CountedAllocation => ({
  allocationId: `0123456789abcdef-${number}`,
  grant: { credentialId: 'c1', resourceId: 'r1', userId, call: { callId: 'call1', participantId: 'p1' }, expiresAt: 1_900_000_000_000 },
  clientTransport: 'tls',
  peerTransport: 'udp',
  clientAddress: '[2001:db8:1111:2222:3333:4444:5555:6666]:65535',
  relayedAddresses: ['255.255.255.255:65535', '[2001:db8:1111:2222:3333:4444:5555:6666]:65535'],
});

function bench(t: { after(done: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'relay-counters-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log: string[] = [];
  const logger = createLogger({ format: 'json', destination: { write: (line) => log.push(line) } });
  return { folder, path: join(folder, 'counters'), log, logger };
}

test('what was not confirmed is read back: ended ones as they ended, running ones as crashed when the relay last lived', (t) => {
  const { path } = bench(t);
  const counters = new CounterFile(path, 4);
  for (const slot of [0, 1, 2]) {
    counters.totals.set([slot, 2, 3, 4e12], slot * 4);
    counters.occupy(slot, allocation(slot));
  }
  counters.stop(1, 'expired', 55);
  counters.free(2);
  counters.setAlive(99);
  counters.close();
  const usage = readCrashedUsage(readFileSync(path));
  assert.ok(usage.ok);
  const totals = (first: number) => ({ toPeerBytes: first, toPeerPackets: 2, toClientBytes: 3, toClientPackets: 4e12 });
  assert.deepEqual(usage, {
    ok: true,
    damaged: 0,
    events: [
      { kind: 'stopped', reason: 'crashed', ...allocation(0), totals: totals(0), at: 99 },
      { kind: 'stopped', reason: 'expired', ...allocation(1), totals: totals(1), at: 55 },
    ],
  });
  new CounterFile(path, 4).close();
  assert.deepEqual(readCrashedUsage(readFileSync(path)), { ok: true, damaged: 0, events: [] });
});

test('the longest identity there can be fits its slot', (t) => {
  const { path } = bench(t);
  const counters = new CounterFile(path, 1);
  const { grant } = allocation(1);
  const userId = 'x'.repeat(longestGrant - Buffer.byteLength(JSON.stringify({ ...grant, userId: '' })));
  const longest = allocation(Number.MAX_SAFE_INTEGER, userId);
  counters.occupy(0, longest);
  counters.stop(0, 'clientClosed', 1_900_000_000_000);
  counters.close();
  const usage = readCrashedUsage(readFileSync(path));
  assert.ok(usage.ok);
  assert.deepEqual(usage.events, [{ kind: 'stopped', reason: 'clientClosed', ...longest, totals: { toPeerBytes: 0, toPeerPackets: 0, toClientBytes: 0, toClientPackets: 0 }, at: 1_900_000_000_000 }]);
});

test('no content of a file makes reading it throw', (t) => {
  const { path } = bench(t);
  const counters = new CounterFile(path, 2);
  counters.occupy(0, allocation(1));
  counters.occupy(1, allocation(2));
  counters.close();
  const whole = readFileSync(path);
  for (const length of [0, 7, 64, whole.length - 1]) assert.equal(readCrashedUsage(whole.subarray(0, length)).ok, false);
  const identities = 64 + 2 * 32;
  for (let at = 0; at < identities + 200; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = 0xff;
    readCrashedUsage(damaged);
  }
  const damaged = Buffer.from(whole);
  damaged.write('{', identities + 20);
  const usage = readCrashedUsage(damaged);
  assert.ok(usage.ok);
  assert.deepEqual([usage.damaged, usage.events.map(({ allocationId }) => allocationId)], [1, [allocation(2).allocationId]]);
});

test('a start tells all that earlier ones left, keeps it until it is stored, and never overwrites what it could not read', async (t) => {
  const { folder, path, log, logger } = bench(t);
  const leave = (number: number): void => {
    const counters = new CounterFile(path, 1);
    counters.occupy(0, allocation(number));
    counters.close();
  };
  const told: RelayUsageEvent[] = [];
  const stored = Promise.withResolvers<void>();
  leave(1);
  recoverUsage(path, async (event) => (told.push(event), Promise.reject(new Error('disk full'))), logger);
  leave(2);
  recoverUsage(path, async (event) => (told.push(event), stored.promise), logger);
  assert.deepEqual(told.map(({ allocationId }) => allocationId.slice(-1)), ['1', '1', '2']);
  assert.deepEqual(readdirSync(folder), ['counters.1.left', 'counters.2.left']);
  stored.resolve();
  await new Promise(setImmediate);
  assert.deepEqual(readdirSync(folder), []);

  for (const text of ['of another program', 'of another one']) {
    writeFileSync(path, text);
    recoverUsage(path, () => assert.fail(), logger);
  }
  assert.deepEqual(readdirSync(folder), ['counters.1.damaged', 'counters.2.damaged']);
  assert.equal(readFileSync(join(folder, 'counters.1.damaged'), 'utf8'), 'of another program');
  assert.equal(log.filter((line) => line.includes('set aside')).length, 2);
});
