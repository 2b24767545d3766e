import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { MediaDescription, MediaSession } from '@dialplane/calling-api';
import { Features } from './features/features.ts';
import type { Call } from './public/call.ts';
import type { IncomingCall } from './public/incoming-call.ts';
import { exitWhenDone, reaches, until, webrtc } from './test-caller.ts';
import { participant, ScriptedServer } from './test-scripted-server.ts';

exitWhenDone();

const number = '+15550100';
const telephone = { phoneNumber: number };
const ownNumber = { phoneNumber: '+15550199' };

const session = (localRevision = 1): MediaSession => ({
  mediaSessionId: randomUUID(), topology: 'backend', state: 'negotiating', polite: true, offerer: 'local', iceServers: [], iceTransportPolicy: 'all',
  remoteCandidates: [], localRevision, modes: { audio: 'mixed', video: 'forwarded' },
});

/** A call to a telephone, which the server has taken. */
async function dialled(server: ScriptedServer) {
  const { agent } = await server.open(server.platform(webrtc));
  const call = agent.startCall([telephone], { alternateCallerId: ownNumber, customContext: { sipHeaders: [{ key: 'order', value: '7' }] } });
  const request = await server.next('startCall');
  const view = server.view({
    kind: 'oneToOne', state: 'Connecting', mediaSessions: [session()], participants: [{ ...participant(`4:${number}`), state: 'Connecting', role: 'Unknown' }],
  });
  request.answer(201, view);
  await until(call, 'idChanged', () => call.id === view.callId, 'the id');
  return { agent, call, view, request };
}

function numberOf(identifier: CommunicationIdentifierKind | undefined): string | undefined {
  return identifier?.kind === 'phoneNumber' ? identifier.phoneNumber : undefined;
}

/** The states that a call goes through from now on. */
function statesOf(call: Call): string[] {
  const states: string[] = [];
  call.on('stateChanged', () => states.push(call.state));
  return states;
}

test('a telephone is called with the caller id and an offer for the backend; it rings, plays, answers and hangs up', async () => {
  await using server = new ScriptedServer();
  const { call, view, request } = await dialled(server);
  const { targets, alternateCallerId, customContext, description } = request.body as { targets: string[]; alternateCallerId: string; customContext: object; description: MediaDescription };
  assert.deepEqual([targets, alternateCallerId, customContext], [['4:+15550100'], '4:+15550199', { sipHeaders: [{ key: 'order', value: '7' }] }]);
  assert.match(description.sdp, /m=audio/);
  assert.doesNotMatch(description.sdp, /m=application/, 'no data channel to a telephone');
  const states = statesOf(call);
  const { callId } = view;
  const [other] = view.participants;
  assert.ok(other);
  await server.send({ type: 'callStateChanged', callId, revision: 2, state: 'Ringing' });
  await server.send({ type: 'callStateChanged', callId, revision: 3, state: 'EarlyMedia' });
  await server.send({ type: 'participantsUpdated', callId, revision: 4, updated: [{ ...other, state: 'EarlyMedia' }], removed: [] });
  assert.equal(call.remoteParticipants[0]?.state, 'EarlyMedia');
  assert.equal(numberOf(call.remoteParticipants[0]?.identifier), number);
  await server.send({ type: 'callStateChanged', callId, revision: 5, state: 'Connected' });
  await server.send({ type: 'callStateChanged', callId, revision: 6, state: 'Disconnected', endReason: { code: 0, subCode: 560_000, message: 'The telephone hung up.', category: 'Success', endedBy: '4:+15550100' } });
  await reaches(call, 'Disconnected');
  assert.deepEqual([states, call.callEndReason?.subCode], [['Ringing', 'EarlyMedia', 'Connected', 'Disconnected'], 560_000]);
});

test('keys are pressed through the server, where a telephone is to get them', async () => {
  await using server = new ScriptedServer();
  const { call, view } = await dialled(server);
  await server.send({ type: 'callStateChanged', callId: view.callId, revision: 2, state: 'Connected' });
  for (const [tone, key] of [['Num5', '5'], ['Star', '*'], ['Pound', '#'], ['C', 'C']] as const) {
    const sent = call.sendDtmf(tone);
    const { body, answer } = await server.next('sendDtmf');
    assert.equal((body as { tones: string }).tones, key);
    answer(204);
    await sent;
  }
  await assert.rejects(call.sendDtmf('Flash'), { code: 412 });
});

test('hanging up while the network plays something cancels', async () => {
  await using server = new ScriptedServer();
  const { call, view } = await dialled(server);
  await server.send({ type: 'callStateChanged', callId: view.callId, revision: 2, state: 'EarlyMedia' });
  const hungUp = call.hangUp();
  (await server.next('hangUp')).answer(204);
  await hungUp;
  assert.equal(call.callEndReason?.code, 487);
});

test('a telephone that calls is shown with its number and name, and its headers', async () => {
  await using server = new ScriptedServer();
  const { agent } = await server.open(server.platform(webrtc));
  const rung = new Promise<IncomingCall>((resolve) => agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall)));
  const sipHeaders = [{ key: 'Order', value: '7', sipHeaderPrefix: 'X-MS-Custom-' }];
  await server.send({
    type: 'incomingCall', call: server.view({ kind: 'oneToOne', direction: 'Incoming', state: 'Ringing', caller: { identifier: `4:${number}`, displayName: 'Carl' }, customContext: { sipHeaders } }),
  });
  const incoming = await rung;
  assert.deepEqual([numberOf(incoming.callerInfo.identifier), incoming.callerInfo.displayName], [number, 'Carl']);
  assert.deepEqual(incoming.customContext?.sipHeaders, sipHeaders);
  const accepted = incoming.accept();
  const { body } = await server.next('acceptCall');
  assert.equal((body as { description: MediaDescription }).description.type, 'offer', 'towards the backend the client offers');
  await agent.dispose();
  await assert.rejects(accepted);
});

test('a transfer tells how it goes; who is transferred calls the target by itself', async () => {
  await using server = new ScriptedServer();
  const { agent, call, view } = await dialled(server);
  const { callId } = view;
  await server.send({ type: 'callStateChanged', callId, revision: 2, state: 'Connected' });
  const feature = call.feature(Features.Transfer);
  const transfer = feature.transfer({ targetParticipant: { phoneNumber: '+15550101' } }, { customContext: { userToUser: 'ticket 7' } });
  assert.equal(transfer.state, 'Transferring');
  const asked = await server.next('transferCall');
  const { target, customContext } = asked.body as { target: string; customContext: object };
  assert.deepEqual([target, customContext], ['4:+15550101', { userToUser: 'ticket 7' }]);
  const transferId = randomUUID();
  // Before the answer that names it.
  await server.send({ type: 'transferChanged', callId, revision: 3, transferId, state: 'Failed', code: 486, subCode: 560_486 });
  asked.answer(202, { transferId });
  await until(transfer, 'stateChanged', () => transfer.state === 'Failed', 'the failure');
  assert.deepEqual(transfer.error, { code: 486, subCode: 560_486 });
  const refused = feature.transfer({ targetCallId: randomUUID() });
  (await server.next('transferCall')).answer(409, { error: { code: 'TRANSFER_IMPOSSIBLE', message: 'Not now.' } });
  await until(refused, 'stateChanged', () => refused.state === 'Failed', 'the refusal');
  assert.equal(refused.error?.code, 409);

  const followed = new Promise<Call>((resolve) => feature.on('transferAccepted', ({ targetCall }) => resolve(targetCall)));
  await server.send({ type: 'transferRequested', callId, revision: 4, transferId, target: '8:acs:resource_carol' });
  const start = await server.next('startCall');
  const { targets, transfer: reference } = start.body as { targets: string[]; transfer: object };
  assert.deepEqual([targets, reference], [['8:acs:resource_carol'], { callId, transferId }]);
  assert.equal((await followed).state, 'Connecting');
  assert.equal(agent.calls.length, 2);
  start.answer(503);
});

test('a call that comes in place of one that is transferred is answered by itself', async () => {
  await using server = new ScriptedServer();
  const { agent, call, view } = await dialled(server);
  await server.send({ type: 'callStateChanged', callId: view.callId, revision: 2, state: 'Connected' });
  const rings: IncomingCall[] = [];
  agent.on('incomingCall', ({ incomingCall }) => rings.push(incomingCall));
  const followed = new Promise<Call>((resolve) => call.feature(Features.Transfer).on('transferAccepted', ({ targetCall }) => resolve(targetCall)));
  const transferor = { identifier: '8:acs:resource_alice', displayName: 'Alice' };
  const next = server.view({ kind: 'oneToOne', direction: 'Incoming', state: 'Ringing', transfer: { callId: view.callId, transferId: randomUUID() }, transferor, caller: transferor });
  await server.send({ type: 'incomingCall', call: next });
  const accept = await server.next('acceptCall');
  const targetCall = await followed;
  assert.deepEqual([targetCall.id, targetCall.transferorInfo?.displayName, rings.length], [next.callId, 'Alice', 0]);
  accept.answer(503);
});
