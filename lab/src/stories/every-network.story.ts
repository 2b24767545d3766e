/**
 * Cases 1 to 3 of the call flows: between any two networks there is a way. For every pair of networks real browsers call each other; the pair of candidates
 * they choose is the best that the two networks allow, and the ledger has what the relay carried, as tshark saw it.
 */
import assert from 'node:assert/strict';
import { startCapture } from '../capture.ts';
import { startDialplane } from '../dialplane-server.ts';
import { buildNetwork } from '../network.ts';
import { labTest } from '../requirements.ts';
import { accessNetworks, internetWith, placeOf, type AccessNetwork } from './access-networks.ts';
import { bestWays, chosenWays, isAmong, type ChosenWays, type Ways } from './best-ways.ts';
import { allocationsOf, assertCharged, carriedMedia, settledLedger, sumOf } from './relay-ledger.ts';
import { bothArrive, connectCall, hangUp, openPhone, type Caller, type WatchedPhones } from './two-phones.ts';

labTest('every pair of networks', async (context) => {
  await using network = await buildNetwork(internetWith(accessNetworks));
  await using server = await startDialplane(network.host('server'), { httpsPort: 443 });
  const { operatorToken = '' } = await server.signIn('Operator');
  for (const [index, annas] of accessNetworks.entries()) {
    await using anna = await openPhone(server, network.host(placeOf('anna', annas)), 'anna');
    for (const boriss of accessNetworks.slice(index)) {
      await context.test(`${annas} and ${boriss}`, () => callBetween({ network, server, operatorToken }, anna, annas, boriss));
    }
  }
}, { timeoutMs: 600_000 });

/**
 * Once a pair works, a browser gathers no further: where the machine is busy, the best candidate may have been late. Then they call again.
 */
const attempts = 3;

async function callBetween(world: Pick<WatchedPhones, 'network' | 'server' | 'operatorToken'>, anna: Caller, annas: AccessNetwork, boriss: AccessNetwork): Promise<void> {
  await using boris = await openPhone(world.server, world.network.host(placeOf('boris', boriss)), 'boris');
  const best = bestWays(annas, boriss);
  const chosen: ChosenWays[] = [];
  while (chosen.length < attempts && !isAmong(best, chosen.at(-1))) chosen.push(await chargedCall({ ...world, anna, boris }, best));
  assert.ok(isAmong(best, chosen.at(-1)), `chosen: ${JSON.stringify(chosen)}; best: ${JSON.stringify(best)}`);
}

/** One call, whatever way it takes: both are heard and seen, and what the relay carried is in the ledger. */
async function chargedCall(phones: WatchedPhones, best: readonly Ways[]): Promise<ChosenWays> {
  const { network, server, operatorToken, anna, boris } = phones;
  await using capture = await startCapture(network.host('server'), ['eth0', 'lo']);
  const callId = await connectCall(phones);
  await bothArrive(phones);
  const chosen = await chosenWays(phones, best);
  await hangUp(phones);

  const rows = await settledLedger(server, operatorToken, callId);
  await capture.stop();
  for (const [, allocation] of allocationsOf(rows)) await assertCharged(capture, allocation);
  const allocations = allocationsOf(rows).map(([, allocation]) => ({ way: `${allocation[0]?.identifier} relay/${allocation[0]?.clientTransport}`, carried: carriedMedia(sumOf(allocation)) }));
  const charged = allocations.filter(({ carried }) => carried).map(({ way }) => way);
  const relayed = [[anna.rawId, chosen.anna], [boris.rawId, chosen.boris]].flatMap(([rawId = '', way = '']) => (way.startsWith('relay/') ? [{ rawId, way: `${rawId} ${way}` }] : []));
  // Until the best pair is chosen, media may take another way, also through the relay: that is charged as well, and may be most of a short call.
  for (const { rawId, way } of relayed) {
    assert.ok(allocations.some((allocation) => allocation.way === way), `the ledger has ${way}; it has ${JSON.stringify(allocations)}`);
    assert.ok(charged.some((other) => other.startsWith(rawId)), `the ledger charges who used the relay; it has ${JSON.stringify(allocations)}`);
  }
  if (relayed.length === 0) assert.deepEqual(charged, [], 'a direct path costs nothing');
  return chosen;
}
