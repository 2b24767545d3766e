import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { getIdentifierRawId } from '@azure/communication-common';
import type { IncomingCall } from '../public/incoming-call.ts';
import { participant, ScriptedServer } from '../test-scripted-server.ts';
import { LocalVideoStream } from '../streams/local-video-stream.ts';
import { exitWhenDone, reaches, until, webrtc } from '../test-caller.ts';

exitWhenDone();

const groupId = randomUUID();
const gone = { error: { code: 'CALL_ENDED', message: 'The call has ended.' } };

/** An incoming 1:1 call whose caller made no offer: accepting it makes one. */
async function ringing(server: ScriptedServer) {
  const { agent } = await server.open(server.platform(webrtc));
  const view = server.view({ kind: 'oneToOne', topology: 'peerToPeer', direction: 'Incoming', state: 'Ringing', caller: { identifier: '8:acs:resource_caller' } });
  const rung = new Promise<IncomingCall>((resolve) => agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall)));
  await server.send({ type: 'incomingCall', call: view });
  return { agent, view, incoming: await rung };
}

/** A call that this client has joined. */
async function joined(server: ScriptedServer) {
  const { agent } = await server.open();
  const view = server.view({ groupId, revision: 5, participants: [participant('8:acs:resource_a')] });
  const call = agent.join({ groupId });
  (await server.next('joinCall')).answer(200, view);
  await reaches(call, 'Connected');
  return { view, call };
}

test('a sync event while a call is being prepared, before the server was asked for it, does not end it', async () => {
  await using server = new ScriptedServer();
  const { agent } = await server.open();
  const device = { name: 'Camera', id: 'camera:1', deviceType: 'UsbCamera' } as const;
  const camera = Object.assign(new LocalVideoStream(device), { acquire: () => new Promise<never>(() => {}) });
  const call = agent.join({ groupId }, { videoOptions: { localVideoStreams: [camera] } });
  await server.send({ type: 'sync', calls: [] });
  const request = await server.next('joinCall');
  assert.deepEqual(server.requests.filter(({ operation }) => operation === 'updateSelf'), []);
  assert.notEqual(call.state, 'Disconnected');
  request.answer(200, server.view({ groupId }));
  await reaches(call, 'Connected');
});

test('events before the answer to a join wait for it; those older than it are part of it', async () => {
  await using server = new ScriptedServer();
  const { agent } = await server.open();
  const call = agent.join({ groupId });
  const request = await server.next('joinCall');
  const view = server.view({ groupId, revision: 5, participants: [participant('8:acs:resource_a')] });
  const { callId } = view;
  await server.send({ type: 'participantsUpdated', callId, revision: 4, updated: [], removed: [{ identifier: '8:acs:resource_a' }] });
  await server.send({ type: 'participantsUpdated', callId, revision: 6, updated: [participant('8:acs:resource_b')], removed: [] });
  assert.deepEqual(call.remoteParticipants, []);
  request.answer(200, view);
  await until(call, 'remoteParticipantsUpdated', () => call.remoteParticipants.length === 2, 'both participants');
  assert.deepEqual(call.remoteParticipants.map(({ identifier }) => getIdentifierRawId(identifier)), ['8:acs:resource_a', '8:acs:resource_b']);
});

test('events between accept and its answer wait, so that the answer, which is older than they are, still counts', async () => {
  await using server = new ScriptedServer();
  const { agent, view, incoming } = await ringing(server);
  const accepted = incoming.accept();
  const request = await server.next('acceptCall');
  await server.send({ type: 'callStateChanged', callId: view.callId, revision: 4, state: 'Connected' });
  const [call] = agent.calls;
  assert.equal(call?.state, 'Connecting');
  // A ringing device is not told of others: only the answer names the caller.
  request.answer(200, { ...view, state: 'Connecting', revision: 3, participants: [participant('8:acs:resource_caller')] });
  assert.equal(await accepted, call);
  assert.equal(call?.state, 'Connected');
  assert.equal(call?.remoteParticipants.length, 1);
});

test('an accept that is refused ends with the reason of the event that waited', async () => {
  await using server = new ScriptedServer();
  const { agent, view, incoming } = await ringing(server);
  const accepted = incoming.accept();
  const request = await server.next('acceptCall');
  const [call] = agent.calls;
  await server.send({
    type: 'callStateChanged', callId: view.callId, revision: 4, state: 'Disconnected',
    endReason: { code: 487, subCode: 0, message: 'The caller hung up.', category: 'Success', endedBy: '8:acs:resource_caller' },
  });
  request.answer(410, gone);
  await assert.rejects(accepted, { code: 410 });
  assert.deepEqual([call?.callEndReason?.code, call?.callEndReason?.subCode], [487, 0]);
});

test('a synced call that is older than what is known is ignored', async () => {
  await using server = new ScriptedServer();
  const { view, call } = await joined(server);
  await server.send({ type: 'sync', calls: [{ ...view, revision: 4, state: 'Connecting', participants: [] }] });
  assert.equal(call.state, 'Connected');
  assert.equal(call.remoteParticipants.length, 1);
  await server.send({ type: 'sync', calls: [{ ...view, revision: 8, participants: [] }] });
  assert.equal(call.remoteParticipants.length, 0);
});

test('a call that is missing from sync is asked for, and goes on where the server says so', async () => {
  await using server = new ScriptedServer();
  const { view, call } = await joined(server);
  await server.send({ type: 'sync', calls: [] });
  const request = await server.next('updateSelf');
  assert.deepEqual(request.body, { endpointId: server.endpointId });
  assert.equal(call.state, 'Connected');
  request.answer(200, { ...view, revision: 9, participants: [participant('8:acs:resource_b')] });
  await until(call, 'remoteParticipantsUpdated', () => call.remoteParticipants[0]?.state === 'Connected' && call.remoteParticipants.length === 1, 'the newer view');
  assert.equal(call.state, 'Connected');
});

test('a call that is missing from sync ends where the server says so, unless more of it was heard meanwhile', async () => {
  await using server = new ScriptedServer();
  const { view, call } = await joined(server);
  await server.send({ type: 'sync', calls: [] });
  const first = await server.next('updateSelf');
  await server.send({ type: 'selfUpdated', callId: view.callId, revision: 6, isMuted: false, role: 'Presenter' });
  first.answer(404, { error: { code: 'CALL_NOT_FOUND', message: 'There is no such call.' } });
  const second = await server.next('updateSelf');
  assert.equal(call.state, 'Connected');
  second.answer(410, gone);
  await reaches(call, 'Disconnected');
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [410, 301005]);
});

test('a sync event that overtakes the answer to a join: the server is asked whether the call has ended', async () => {
  await using server = new ScriptedServer();
  const { agent } = await server.open();
  const call = agent.join({ groupId });
  const request = await server.next('joinCall');
  await server.send({ type: 'sync', calls: [] });
  request.answer(200, server.view({ groupId, revision: 5 }));
  await reaches(call, 'Connected');
  (await server.next('updateSelf')).answer(410, gone);
  await reaches(call, 'Disconnected');
});

test('a sync event during accept leaves the prepared answer alone and is made good after it', async () => {
  await using server = new ScriptedServer();
  const { view, incoming } = await ringing(server);
  const accepted = incoming.accept();
  const request = await server.next('acceptCall');
  await server.send({ type: 'sync', calls: [{ ...view, revision: 2 }] });
  const answer = { ...view, state: 'Connecting' as const, revision: 3 };
  request.answer(200, answer);
  const call = await accepted;
  (await server.next('updateSelf')).answer(200, { ...answer, state: 'Connected', revision: 4 });
  await reaches(call, 'Connected');
});

test('what rings and is missing from sync is over; what rings and is joined is answered', async () => {
  await using server = new ScriptedServer();
  const { agent, view, incoming } = await ringing(server);
  const ended = new Promise<number>((resolve) => incoming.on('callEnded', ({ callEndReason }) => resolve(callEndReason.subCode)));
  await server.send({ type: 'sync', calls: [] });
  assert.equal(await ended, 301005);

  const rung = new Promise<IncomingCall>((resolve) => agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall)));
  const group = { ...view, callId: randomUUID(), kind: 'group' as const, groupId, revision: 7 };
  await server.send({ type: 'incomingCall', call: group });
  const joinedHere = new Promise<number>((resolve) => void rung.then((second) => second.on('callEnded', ({ callEndReason }) => resolve(callEndReason.subCode))));
  const call = agent.join({ groupId });
  const request = await server.next('joinCall');
  await server.send({ type: 'participantsUpdated', callId: group.callId, revision: 9, updated: [participant('8:acs:resource_b')], removed: [] });
  request.answer(200, { ...group, state: 'Connected', revision: 8 });
  await reaches(call, 'Connected');
  assert.equal(await joinedHere, 10003);
  assert.equal(call.remoteParticipants.length, 1);
});

test('a call that came about although its start seemed lost is left', async () => {
  await using server = new ScriptedServer();
  const { agent } = await server.open();
  const call = agent.join({ groupId });
  const request = await server.next('joinCall');
  const { callId } = server.view();
  await server.send({ type: 'callStateChanged', callId, revision: 2, state: 'Connected' });
  request.answer(403, { error: { code: 'SCOPE_MISSING', message: 'No.' } });
  await reaches(call, 'Disconnected');
  const left = await server.next('hangUp');
  assert.ok(left.path.includes(callId));
  left.answer(204);
});

test('who hangs up while events are interrupted has ended the call, and did not lose it', async () => {
  await using server = new ScriptedServer();
  const { call } = await joined(server);
  const ended = call.hangUp();
  const request = await server.next('hangUp');
  await server.send({ type: 'sync', calls: [] });
  (await server.next('updateSelf')).answer(410, gone);
  await reaches(call, 'Disconnected');
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [0, 0]);
  request.answer(204);
  await ended;
});

test('a ring for a call whose end was missed rings, and what was running of it is over', async () => {
  await using server = new ScriptedServer();
  const { agent } = await server.open();
  const view = server.view({ groupId, revision: 5 });
  const join = async () => {
    const call = agent.join({ groupId });
    (await server.next('joinCall')).answer(200, view);
    await reaches(call, 'Connected');
    return call;
  };
  const missed: Array<readonly [code: number | undefined, rings: number]> = [];
  const rung: string[] = [];
  agent.on('incomingCall', ({ incomingCall }) => rung.push(incomingCall.id));
  const ring = { ...view, direction: 'Incoming' as const, state: 'Ringing' as const };
  for (const event of [{ type: 'incomingCall' as const, call: { ...ring, revision: 9 } }, { type: 'sync' as const, calls: [{ ...ring, callId: view.callId, revision: 9 }] }]) {
    const call = await join();
    await server.send({ type: 'incomingCall', call: { ...ring, revision: 3 } });
    assert.equal(call.state, 'Connected', 'that was before');
    await server.send(event);
    missed.push([call.callEndReason?.subCode, rung.length]);
    await server.send({ type: 'callStateChanged', callId: view.callId, revision: 10, state: 'Disconnected', endReason: { code: 487, subCode: 0, message: 'No.', category: 'Success', endedBy: 'platform' } });
  }
  assert.deepEqual(missed, [[301_005, 1], [301_005, 2]]);
});

test('who joins a group again is asked for it after the hang-up before is answered', async () => {
  await using server = new ScriptedServer();
  const { agent } = await server.open();
  const view = server.view({ groupId, revision: 5 });
  const first = agent.join({ groupId });
  (await server.next('joinCall')).answer(200, view);
  await reaches(first, 'Connected');
  const left = first.hangUp();
  const again = agent.join({ groupId });
  const hangUp = await server.next('hangUp');
  assert.equal(server.requests.filter(({ operation }) => operation === 'joinCall').length, 1);
  hangUp.answer(204);
  await server.send({ type: 'callStateChanged', callId: view.callId, revision: 6, state: 'Disconnected', endReason: { code: 0, subCode: 0, message: 'Left.', category: 'Success', endedBy: server.self } });
  await left;
  (await server.next('joinCall')).answer(200, { ...view, revision: 8 });
  await reaches(again, 'Connected');
  assert.deepEqual(agent.calls, [again]);
  await server.send({ type: 'participantsUpdated', callId: view.callId, revision: 9, updated: [participant('8:acs:resource_b')], removed: [] });
  assert.equal(again.remoteParticipants.length, 1);
});

test('a camera that is asked for twice is opened once; another one is refused while the first is being opened', async () => {
  await using server = new ScriptedServer();
  const { call } = await joined(server);
  const camera = () => new LocalVideoStream({ name: 'Camera', id: 'camera:1', deviceType: 'UsbCamera' });
  const stream = camera();
  const both = [call.startVideo(stream), call.startVideo(stream)];
  await assert.rejects(call.startVideo(camera()), { errorCode: 'VIDEO_ALREADY_STARTED' });
  const outcomes = await Promise.allSettled(both);
  assert.deepEqual(outcomes.map(({ status }) => status), ['rejected', 'rejected'], 'there is no camera here');
  await assert.rejects(call.startVideo(camera()), { errorCode: 'DEVICE_UNAVAILABLE' }, 'and nothing is in its way');
});
