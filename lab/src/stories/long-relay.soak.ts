/** Minutes through the relay: the ledger is told while it lasts, and its sums are what tshark saw. Long: rows come once a minute. */
import assert from 'node:assert/strict';
import { startCapture } from '../captures/capture.ts';
import { labTest } from '../requirements.ts';
import { openPhonesIn, type AccessNetwork } from './access-networks.ts';
import { bestWays, choose } from './best-ways.ts';
import { allocationsOf, assertCharged, settledLedger } from './relay-ledger.ts';
import { bothArrive, connectCall, hangUp } from './two-phones.ts';

const talkMs = 130_000;

labTest('two minutes over UDP', () => talk('carrier', 'carrier'), { timeoutMs: 300_000 });
labTest('two minutes over TCP and TLS', () => talk('office', 'hotel'), { timeoutMs: 300_000 });

async function talk(annas: AccessNetwork, boriss: AccessNetwork): Promise<void> {
  await using phones = await openPhonesIn(annas, boriss);
  const { network, server, operatorToken, anna } = phones;
  await using capture = await startCapture(network.host('server'), ['eth0', 'lo']);
  const callId = await connectCall(phones);
  const until = performance.now() + talkMs;
  await bothArrive(phones);
  await choose(phones, bestWays(annas, boriss));
  while (performance.now() < until) await anna.phone.call('hears', 'boris');
  await bothArrive(phones);
  await hangUp(phones);

  const allocations = allocationsOf(await settledLedger(server, operatorToken, callId));
  await capture.stop();
  for (const [, allocation] of allocations) await assertCharged(capture, allocation);
  const longest = allocations.map(([, allocation]) => allocation.filter(({ kind }) => kind === 'continued').length).toSorted((a, b) => b - a)[0] ?? 0;
  assert.ok(longest >= 2, `${longest} rows while it lasted`);
}
