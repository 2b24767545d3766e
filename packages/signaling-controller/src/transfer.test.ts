import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestMedia } from './test-media.ts';
import { connectedCall, testDescription, TestServer, type TestClient } from './test-server.ts';
import { TestTelephony } from './test-telephony.ts';

const [number, other] = ['4:+15550100', '4:+15550101'];

const as = ({ endpointId }: TestClient) => ({ endpointId });

/** The client and a telephone that it has called. */
async function dialled(client: TestClient, telephony: TestTelephony, target: string): Promise<{ readonly callId: string; readonly lineId: string }> {
  const { body } = await client.ask('startCall', { body: { ...as(client), targets: [target], description: testDescription('offer') } });
  const { lineId } = await telephony.take('dial');
  await client.ask('sendDescription', { params: { callId: body.callId, mediaSessionId: body.mediaSessions[0]?.mediaSessionId ?? '' }, body: { ...as(client), description: testDescription('offer', 2) } });
  await client.next('mediaSessionUpdated', ({ mediaSession }) => mediaSession.state === 'connected');
  telephony.tell({ kind: 'answered', lineId });
  await client.next('callStateChanged', ({ state }) => state === 'Connected');
  return { callId: body.callId, lineId };
}

test('a client hands its peer over to a third: the peer calls them, and the first call ends when that is answered', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await connectedCall(server);
  const carol = await server.client('Carol');
  const { status, body } = await alice.ask('transferCall', { params: { callId }, body: { ...as(alice), target: carol.identifier, customContext: { userToUser: 'ticket 7' } } });
  assert.equal(status, 202);
  const asked = await bob.next('transferRequested');
  assert.deepEqual([asked.transferId, asked.target, asked.customContext], [body.transferId, carol.identifier, { userToUser: 'ticket 7' }]);
  const start = { ...as(bob), targets: [carol.identifier], transfer: { callId, transferId: asked.transferId } };
  assert.equal((await carol.ask('startCall', { body: { ...start, ...as(carol), targets: [bob.identifier] } })).body.error?.code, 'TRANSFER_NOT_FOUND');
  assert.equal((await bob.ask('startCall', { body: { ...start, targets: [alice.identifier] } })).body.error?.code, 'TARGET_INVALID');
  const { body: second } = await bob.ask('startCall', { body: start });
  assert.deepEqual(second.transferor?.identifier, alice.identifier);
  assert.equal((await bob.ask('startCall', { body: start })).body.error?.code, 'TRANSFER_NOT_FOUND', 'once');
  const { call } = await carol.next('incomingCall');
  assert.deepEqual([call.caller.identifier, call.transferor?.identifier], [bob.identifier, alice.identifier]);
  const { body: accepted } = await carol.ask('acceptCall', { params: { callId: second.callId }, body: as(carol) });
  await carol.ask('reportMedia', { params: { callId: second.callId, mediaSessionId: accepted.mediaSessions[0]?.mediaSessionId ?? '' }, body: { ...as(carol), state: 'connected' } });
  await alice.next('transferChanged', ({ state }) => state === 'Transferred');
  const { endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.message], [0, 'The call was transferred.']);
});

test('when the third does not answer the first call goes on', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await connectedCall(server);
  const carol = await server.client('Carol');
  await alice.ask('transferCall', { params: { callId }, body: { ...as(alice), target: carol.identifier } });
  const { transferId } = await bob.next('transferRequested');
  const { body: second } = await bob.ask('startCall', { body: { ...as(bob), targets: [carol.identifier], transfer: { callId, transferId } } });
  await carol.next('incomingCall');
  await carol.ask('rejectCall', { params: { callId: second.callId }, body: as(carol) });
  const failed = await alice.next('transferChanged', ({ state }) => state === 'Failed');
  assert.deepEqual([failed.code, failed.subCode], [603, 0]);
  assert.equal((await alice.ask('hold', { params: { callId }, body: as(alice) })).status, 200);
});

test('two telephones that a user talks to one after the other are connected to each other', async () => {
  const [media, telephony] = [new TestMedia(), new TestTelephony()];
  await using server = await TestServer.start({ media, telephony });
  const alice = await server.client('Alice');
  const first = await dialled(alice, telephony, number);
  const second = await dialled(alice, telephony, other);
  await alice.ask('transferCall', { params: { callId: first.callId }, body: { ...as(alice), targetCallId: second.callId } });
  const moved = await telephony.take('connect');
  assert.deepEqual([moved.lineId, moved.callId], [first.lineId, second.callId]);
  const ends = new Map<string, number | undefined>();
  while (ends.size < 2) {
    const { callId, endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
    ends.set(callId, endReason?.code);
  }
  assert.deepEqual([...ends.values()], [0, 0]);
  assert.equal(telephony.commands.some(({ kind }) => kind === 'hangUp'), false, 'they talk on');
  telephony.tell({ kind: 'ended', lineId: first.lineId, end: { by: 'remote' } });
  assert.equal((await telephony.take('hangUp')).lineId, second.lineId);
  const { body } = await alice.ask('getCallRecords', { params: { callId: second.callId } });
  assert.deepEqual(body.summaries.map(({ identifier }) => identifier).sort(), [number, other, alice.identifier].sort());
  const unknown = await dialled(alice, telephony, number);
  await alice.ask('transferCall', { params: { callId: unknown.callId }, body: { ...as(alice), targetCallId: first.callId } });
  await alice.next('transferChanged', ({ state }) => state === 'Failed');
});
