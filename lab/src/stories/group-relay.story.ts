/** The Media Processor speaks UDP only: where a network lets none through, the relay is in between, and charged; without it the call ends and says why. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startCapture } from '../captures/capture.ts';
import { eventually } from '../patience.ts';
import { labTest } from '../requirements.ts';
import type { Person } from '../browsers/test-signal.ts';
import { allArrive, hangUpAll, joinAll, openRoom, type Member } from './group-room.ts';
import { allocationsOf, assertCharged, carriedMedia, settledLedger, sumOf } from './relay-ledger.ts';

labTest('somebody in a network without UDP', async (context) => {
  await using room = await openRoom({ anna: 'open', boris: 'office', clara: 'carrier' });
  const { server, operatorToken, members, member } = room;
  const boris = member('boris');

  await context.test('who comes over TCP is charged for what the relay carried, and nobody else is', async () => {
    await using capture = await startCapture(room.network.host('server'), ['eth0', 'lo']);
    const callId = await joinAll(room);
    await allArrive(members);
    // Until the direct path of somebody stands, also their media may come through the relay, and is charged.
    await eventually(() => relayed(members), (people) => people.join() === 'boris', (people) => `not Boris alone comes through the relay, but ${people.join(', ') || 'nobody'}`);
    await hangUpAll(room);

    const allocations = allocationsOf(await settledLedger(server, operatorToken, callId));
    await capture.stop();
    for (const [, rows] of allocations) await assertCharged(capture, rows);
    const boriss = allocations.filter(([, [row]]) => row?.identifier === boris.rawId);
    assert.ok(boriss.some(([, rows]) => carriedMedia(sumOf(rows))));
    assert.ok(boriss.every(([, [row]]) => row?.clientTransport !== 'udp'));
  });

  await context.test('without the relay, who cannot use UDP is told why, and the others go on', async () => {
    await server.ask('updateRelaySettings', 'PATCH', '/v1/relay/settings', operatorToken, { isEnabled: false });
    const talking = [member('anna'), member('clara')];
    const groupId = randomUUID();
    for (const { phone } of [...talking, boris]) await phone.call('join', groupId);
    for (const { phone } of talking) await phone.call('reaches', 'Connected');
    const { endReason, endMessage } = await boris.phone.call('reaches', 'Disconnected');
    assert.deepEqual(endReason, { code: 410, subCode: 3112 });
    assert.match(endMessage ?? '', /between this client and the server: there is no direct path, and the operator has turned the relay off/);
    await allArrive(talking);
    await hangUpAll({ members: talking });
  });
});

/** Whose media leaves through the relay at this moment. */
async function relayed(members: readonly Member[]): Promise<readonly Person[]> {
  const paths = await Promise.all(members.map(async ({ person, phone }) => ({ person, pairs: await phone.call('pairs') })));
  return paths.filter(({ pairs }) => pairs.some(({ local }) => local.type === 'relay')).map(({ person }) => person);
}
