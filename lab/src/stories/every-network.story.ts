/**
 * Cases 1 to 3 of the call flows: between any two networks there is a way. For every pair of networks real browsers call each other; the pair of candidates
 * they choose is the best that the two networks allow, and the ledger has what the relay carried, as tshark saw it. Anna has a browser in each network in turn; those of Boris stay open.
 */
import assert from 'node:assert/strict';
import type { RelayUsageRow } from '@dialplane/calling-api';
import { startCapture } from '../captures/capture.ts';
import { startDialplane } from '../dialplane-server.ts';
import { buildNetwork } from '../network/network.ts';
import { labTest } from '../requirements.ts';
import { accessNetworks, internetWith, placeOf, type AccessNetwork } from './access-networks.ts';
import { bestWays, chosenWays, isAmong, type ChosenWays, type Ways } from './best-ways.ts';
import { allocationsOf, assertCharged, carriedMedia, settledLedger, sumOf } from './relay-ledger.ts';
import { bothArrive, connectCall, hangUp, openPhone, type Caller, type WatchedPhones } from './two-phones.ts';

labTest('every pair of networks', async (context) => {
  await using network = await buildNetwork(internetWith(accessNetworks));
  await using server = await startDialplane(network.host('server'), { httpsPort: 443 });
  const { operatorToken = '' } = await server.signIn('Operator');
  await using capture = await startCapture(network.host('server'), ['eth0', 'lo']);
  await using browsers = new AsyncDisposableStack();
  const open = async (person: 'anna' | 'boris', access: AccessNetwork): Promise<Caller & AsyncDisposable> => openPhone(server, network.host(placeOf(person, access)), person, placeOf(person, access));
  const borises = new Map(await Promise.all(accessNetworks.map(async (access) => [access, browsers.use(await open('boris', access))] as const)));
  const charged: Array<readonly [pair: string, allocation: readonly RelayUsageRow[]]> = [];
  for (const [index, annas] of accessNetworks.entries()) {
    await using anna = await open('anna', annas);
    for (const boriss of accessNetworks.slice(index)) {
      await context.test(`${annas} and ${boriss}`, async () => {
        const boris = borises.get(boriss) ?? assert.fail();
        const rows = await callBetween({ network, server, operatorToken, anna, boris }, annas, boriss);
        for (const [, allocation] of allocationsOf(rows)) charged.push([`${annas} and ${boriss}`, allocation]);
      });
    }
  }
  await context.test('the ledger has of every call what tshark saw', async () => {
    await capture.stop();
    for (const [pair, allocation] of charged) await assertCharged(capture, allocation).catch((error: unknown) => Promise.reject(new Error(pair, { cause: error })));
  });
}, { timeoutMs: 900_000 });

/**
 * Once a pair works, a browser gathers no further, and until the best pair is chosen, media takes another way, also through the relay: where the machine is busy, the best may have been late. Then they
 * call again.
 */
const attempts = 3;

/** Returns what the ledger has of their calls. */
async function callBetween(phones: WatchedPhones, annas: AccessNetwork, boriss: AccessNetwork): Promise<readonly RelayUsageRow[]> {
  const best = bestWays(annas, boriss);
  const calls: ChargedCall[] = [];
  const isBest = (call: ChargedCall | undefined): boolean => isAmong(best, call?.chosen) && call?.detours.length === 0;
  while (calls.length < attempts && !isBest(calls.at(-1))) calls.push(await chargedCall(phones, best));
  assert.ok(isBest(calls.at(-1)), `chosen: ${JSON.stringify(calls.map(({ chosen, detours }) => ({ chosen, detours })))}; best: ${JSON.stringify(best)}`);
  return calls.flatMap(({ rows }) => rows);
}

interface ChargedCall {
  readonly chosen: ChosenWays;
  /** Whose media went through the relay although it needed none in the end: a direct path costs nothing. */
  readonly detours: readonly string[];
  readonly rows: readonly RelayUsageRow[];
}

/** One call, whatever way it takes: both are heard and seen, and who used the relay is in the ledger. */
async function chargedCall(phones: WatchedPhones, best: readonly Ways[]): Promise<ChargedCall> {
  const { server, operatorToken, anna, boris } = phones;
  const callId = await connectCall(phones);
  await bothArrive(phones);
  const chosen = await chosenWays(phones, best);
  await hangUp(phones);

  const rows = await settledLedger(server, operatorToken, callId);
  const allocations = allocationsOf(rows).map(([, allocation]) => ({ way: `${allocation[0]?.identifier} relay/${allocation[0]?.clientTransport}`, carried: carriedMedia(sumOf(allocation)) }));
  const charged = allocations.filter(({ carried }) => carried).map(({ way }) => way);
  const relayed = [[anna.rawId, chosen.anna], [boris.rawId, chosen.boris]].flatMap(([rawId = '', way = '']) => (way.startsWith('relay/') ? [{ rawId, way: `${rawId} ${way}` }] : []));
  // What took a detour is charged as well, and may be most of a short call.
  for (const { rawId, way } of relayed) {
    assert.ok(allocations.some((allocation) => allocation.way === way), `the ledger has ${way}; it has ${JSON.stringify(allocations)}`);
    assert.ok(charged.some((other) => other.startsWith(rawId)), `the ledger charges who used the relay; it has ${JSON.stringify(allocations)}`);
  }
  return { chosen, detours: relayed.length === 0 ? charged : [], rows };
}
