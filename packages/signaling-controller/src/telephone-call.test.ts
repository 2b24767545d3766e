import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { TestClock } from './test-clock.ts';
import { TestMedia } from './test-media.ts';
import { testDescription, TestServer, type TestClient } from './test-server.ts';
import { TestTelephony } from './test-telephony.ts';

const number = '4:+15550100';
const ownNumber = '4:+15550199';

interface Call {
  readonly callId: string;
  readonly lineId: string;
}

/** The client calls a telephone, which is dialled. */
async function dial(client: TestClient, telephony: TestTelephony): Promise<Call> {
  const { body } = await client.ask('startCall', { body: { endpointId: client.endpointId, targets: [number], alternateCallerId: ownNumber, description: testDescription('offer') } });
  const { lineId } = await telephony.take('dial');
  return { callId: body.callId, lineId };
}

test('a user calls a telephone, presses keys and is hung up; the records say what a bill needs', async () => {
  const [media, telephony] = [new TestMedia(), new TestTelephony()];
  await using server = await TestServer.start({ media, telephony });
  const alice = await server.client('Alice');
  const { body: started } = await alice.ask('startCall', {
    body: { endpointId: alice.endpointId, targets: [number], alternateCallerId: ownNumber, customContext: { sipHeaders: [{ key: 'order', value: '7' }] } },
  });
  const { callId } = started;
  const mediaSessionId = started.mediaSessions[0]?.mediaSessionId ?? '';
  await alice.ask('sendDescription', { params: { callId, mediaSessionId }, body: { endpointId: alice.endpointId, description: testDescription('offer') } });
  const dialled = await telephony.take('dial');
  assert.deepEqual([dialled.target, dialled.from, dialled.customContext], [
    { kind: 'number', number: '+15550100', callerId: '+15550199' }, { identifier: alice.identifier, displayName: 'Alice' }, { sipHeaders: [{ key: 'order', value: '7' }] },
  ]);
  const { lineId } = dialled;
  telephony.tell({ kind: 'routed', lineId, trunk: 'north', callerId: '+15550199', why: 'the first of route default' });
  telephony.tell({ kind: 'progress', lineId, status: 180, hasEarlyMedia: false });
  await alice.next('callStateChanged', ({ state }) => state === 'Ringing');
  telephony.tell({ kind: 'progress', lineId, status: 183, hasEarlyMedia: true });
  await alice.next('callStateChanged', ({ state }) => state === 'EarlyMedia');
  telephony.tell({ kind: 'answered', lineId });
  await alice.next('callStateChanged', ({ state }) => state === 'Connected');
  assert.equal((await alice.ask('sendDtmf', { params: { callId }, body: { endpointId: alice.endpointId, tones: '12#' } })).status, 204);
  assert.equal((await telephony.take('sendDtmf')).tones, '12#');
  assert.equal((await alice.ask('sendDtmf', { params: { callId }, body: { endpointId: alice.endpointId, tones: 'x' } })).status, 400);
  telephony.tell({ kind: 'dtmf', lineId, tone: '9' });
  assert.deepEqual(await alice.next('dtmfReceived'), { type: 'dtmfReceived', callId, sender: number, tone: '9' });
  server.clock.turn(90_000);
  telephony.tell({ kind: 'ended', lineId, end: { by: 'remote', reasonText: 'Normal call clearing', q850: 16 } });
  const { endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.subCode, endReason?.sip], [0, 560_000, { reasonText: 'Normal call clearing', q850: 16 }]);
  const { body: records } = await alice.ask('getCallRecords', { params: { callId } });
  const telephone = records.summaries.find(({ identifier }) => identifier === number);
  const { endpointType, participantType, pstnParticipantCallType, trunk, callerId, pstnMinutes, participantDuration } = telephone ?? assert.fail('no row');
  assert.deepEqual([endpointType, participantType, pstnParticipantCallType, trunk, callerId, pstnMinutes, participantDuration], ['PSTN', 'PSTN', 'Outbound', 'north', ownNumber, 1.5, 90]);
  const { body: flow } = await alice.ask('getCallFlow', { params: { callId } });
  assert.deepEqual(flow.lanes.map(({ id, role }) => (role === 'server' || role === 'trunk' ? id : role)), ['caller', 'controller', 'mediaProcessor', 'telephony', 'callee', 'trunk:north']);
  assert.ok(flow.events.some(({ detail }) => detail.kind === 'decision' && detail.why === 'the first of route default'));
  assert.equal(flow.conclusion, 'Connected after 0.0 s through trunk north; ended after 90 s: the telephone hung up (Normal call clearing) (0/560000, by +15550100).');
  assert.ok(!JSON.stringify(flow.events).includes('12#'), 'what was pressed is not recorded');
});

test('a telephone calls a user and is connected to who answers', async () => {
  const [media, telephony] = [new TestMedia(), new TestTelephony()];
  await using server = await TestServer.start({ media, telephony });
  const bob = await server.client('Bob');
  const lineId = telephony.ring({ kind: 'users', identifiers: [bob.identifier] }, { customContext: { sipHeaders: [{ key: 'X-Order', value: '7' }] } });
  const { call } = await bob.next('incomingCall');
  assert.deepEqual([call.caller, call.kind, call.topology, call.customContext], [{ identifier: number, displayName: 'Carl' }, 'oneToOne', 'backend', { sipHeaders: [{ key: 'X-Order', value: '7' }] }]);
  const params = { callId: call.callId };
  await bob.ask('reportRinging', { params, body: { endpointId: bob.endpointId } });
  assert.equal((await telephony.take('alert')).lineId, lineId);
  const { body } = await bob.ask('acceptCall', { params, body: { endpointId: bob.endpointId, description: testDescription('offer') } });
  assert.equal(body.participants[0]?.state, 'Connected');
  const connected = await telephony.take('connect');
  assert.deepEqual([connected.lineId, connected.callId, connected.conferenceId], [lineId, call.callId, (await media.last('openConference')).conferenceId]);
  await bob.ask('hangUp', { params, body: { endpointId: bob.endpointId } });
  assert.equal((await telephony.take('hangUp')).lineId, lineId);
  const { body: records } = await bob.ask('getCallRecords', { params });
  const kinds = new Map(records.summaries.map(({ identifier, endpointType, pstnParticipantCallType }) => [identifier, [endpointType, pstnParticipantCallType]]));
  assert.deepEqual([kinds.get(number), kinds.get(bob.identifier)], [['PSTN', 'Inbound'], ['VOIP', undefined]]);
});

test('a telephone finds a group call by its id, or opens it', async () => {
  const [media, telephony] = [new TestMedia(), new TestTelephony()];
  await using server = await TestServer.start({ media, telephony });
  const groupId = randomUUID();
  telephony.ring({ kind: 'group', groupId });
  const { callId } = await telephony.take('connect');
  const alice = await server.client('Alice');
  const { body } = await alice.ask('joinCall', { body: { endpointId: alice.endpointId, locator: { groupId } } });
  assert.deepEqual([body.callId, body.participants.map(({ identifier }) => identifier)], [callId, [number]]);
  telephony.ring({ kind: 'group', groupId }, { from: '4:+15550101' });
  assert.equal((await telephony.take('connect')).callId, callId);
});

test('SIP phones of a user ring beside the browser, also where there is no browser', async () => {
  const [media, telephony] = [new TestMedia(), new TestTelephony()];
  await using server = await TestServer.start({ media, telephony });
  const alice = await server.client('Alice');
  const { identifier } = await server.token();
  telephony.devices.set(identifier, [{ deviceId: 'desk' }]);
  await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [identifier] } });
  const { target, lineId } = await telephony.take('dial');
  assert.deepEqual(target, { kind: 'device', deviceId: 'desk' });
  telephony.tell({ kind: 'ended', lineId, end: { by: 'remote', status: 603, reasonText: 'Decline' } });
  assert.equal((await alice.next('callStateChanged', ({ state }) => state === 'Disconnected')).endReason?.code, 603);
});

test('a server that is about to stop, or reaches no telephones, says so on either side', async () => {
  const [media, telephony] = [new TestMedia(), new TestTelephony()];
  await using server = await TestServer.start({ media, telephony });
  const alice = await server.client('Alice');
  telephony.missing = 'Configure a trunk.';
  await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [number] } });
  const { endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.subCode, endReason?.message], [511_532, 'Configure a trunk.']);
  await server.controller.drain();
  telephony.ring({ kind: 'users', identifiers: [alice.identifier] });
  assert.equal((await telephony.take('reject')).status, 503);
});

test('nobody calls more telephones than the server lets a user call', async () => {
  const [media, telephony] = [new TestMedia(), new TestTelephony()];
  await using server = await TestServer.start({ media, telephony, limits: { telephoneCallsPerUser: { perSecond: 0.5, burst: 1 } } });
  const alice = await server.client('Alice');
  const { callId, lineId } = await dial(alice, telephony);
  telephony.tell({ kind: 'answered', lineId });
  const { status, headers } = await alice.ask('addParticipant', { params: { callId }, body: { endpointId: alice.endpointId, target: '4:+15550101' } });
  assert.deepEqual([status, headers.get('x-ms-error-code'), headers.get('retry-after')], [429, 'TELEPHONE_RATE_LIMITED', '2']);
});

test('after a restart of the controller the telephone is gone, and the call ends with the reason', async () => {
  const clock = new TestClock();
  const telephony = new TestTelephony();
  const before = await TestServer.start({ clock, media: new TestMedia(), telephony });
  const alice = await before.client('Alice');
  const { callId, lineId } = await dial(alice, telephony);
  telephony.tell({ kind: 'answered', lineId });
  await before.stop();
  const after = await TestServer.start({ dataDir: before.dataDir, clock, media: new TestMedia(), telephony: new TestTelephony() });
  const { body } = await alice.at(after.url).ask('getCallRecords', { params: { callId } });
  assert.match(body.summaries.find(({ identifier }) => identifier === number)?.endMessage ?? '', /^The server was restarted/);
  await after.stop();
  rmSync(before.dataDir, { recursive: true });
});
