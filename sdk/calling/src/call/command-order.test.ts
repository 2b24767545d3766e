import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { MediaDescription, MediaSession } from '@dialplane/calling-api';
import { hostPlatform } from '../platform.ts';
import type { Call } from '../public/call.ts';
import type { IncomingCall } from '../public/incoming-call.ts';
import { ScriptedServer, type ScriptedRequest } from '../test-scripted-server.ts';
import { exitWhenDone, reaches, webrtc } from '../test-caller.ts';

exitWhenDone();

const groupId = randomUUID();

async function joined(server: ScriptedServer): Promise<{ readonly call: Call; readonly answer: (request: ScriptedRequest) => void }> {
  const { agent } = await server.open();
  const view = server.view({ groupId });
  const call = agent.join({ groupId }, { audioOptions: { muted: false } });
  (await server.next('joinCall')).answer(200, view);
  await reaches(call, 'Connected');
  return { call, answer: (request) => request.answer(200, view) };
}

test('hold and resume are asked for one after the other, and the last word counts', async () => {
  await using server = new ScriptedServer();
  const { call, answer } = await joined(server);
  const words = [call.hold(), call.resume(), call.hold()];
  answer(await server.next('hold'));
  assert.equal(server.requests.some(({ operation }) => operation === 'resume'), false);
  answer(await server.next('resume'));
  (await server.next('hold')).answer(409, { error: { code: 'CALL_STATE_CONFLICT', message: 'Only a connected call can be held.' } });
  const outcomes = await Promise.allSettled(words);
  assert.deepEqual(outcomes.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected']);
});

test('mute and unmute reach the server in their order, while they take effect here at once', async () => {
  await using server = new ScriptedServer();
  const { call, answer } = await joined(server);
  const words = [call.mute(), call.unmute(), call.mute()];
  assert.equal(call.isMuted, true);
  const asked = () => server.requests.filter(({ operation }) => operation === 'updateSelf').length;
  for (const count of [1, 2, 3]) {
    const request = await server.next('updateSelf');
    assert.equal(asked(), count);
    answer(request);
  }
  await Promise.all(words);
  assert.equal(call.isMuted, true);
});

test('no failure opens the microphone: muting stays, unmuting is taken back', async () => {
  await using server = new ScriptedServer();
  const { call } = await joined(server);
  const refuse = async () => (await server.next('updateSelf')).answer(409, { error: { code: 'CALL_STATE_CONFLICT', message: 'Not now.' } });

  const muted = call.mute();
  await refuse();
  await assert.rejects(muted);
  assert.equal(call.isMuted, true);

  const opened = call.unmute();
  assert.equal(call.isMuted, false);
  await refuse();
  await assert.rejects(opened);
  assert.equal(call.isMuted, true);

  const words = [call.unmute(), call.mute()];
  await refuse();
  await refuse();
  const outcomes = await Promise.allSettled(words);
  assert.deepEqual(outcomes.map(({ status }) => status), ['rejected', 'rejected']);
  assert.equal(call.isMuted, true);
});

test('a description is delivered however long the server was away', async () => {
  await using server = new ScriptedServer();
  const { clock } = hostPlatform({ webrtc });
  let awayMs = 0;
  const { agent } = await server.open(server.platform(webrtc, { clock: { ...clock, now: () => clock.now() + awayMs } }));
  const rung = new Promise<IncomingCall>((resolve) => agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall)));
  const ringing = server.view({ kind: 'oneToOne', topology: 'peerToPeer', direction: 'Incoming', state: 'Ringing', caller: { identifier: '8:acs:resource_caller' } });
  await server.send({ type: 'incomingCall', call: ringing });
  const accepted = (await rung).accept();
  const accept = await server.next('acceptCall');
  const { description: offer } = accept.body as { readonly description: MediaDescription };

  const peer = new webrtc.RTCPeerConnection();
  await peer.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
  await peer.setLocalDescription(await peer.createAnswer());
  const session: MediaSession = {
    mediaSessionId: randomUUID(), topology: 'peerToPeer', state: 'negotiating', polite: true, offerer: 'local', iceServers: [], iceTransportPolicy: 'all',
    remoteCandidates: [], localRevision: offer.revision, remoteDescription: { type: 'answer', sdp: peer.localDescription?.sdp ?? '', revision: 1, answers: offer.revision, streams: [] },
  };
  accept.answer(200, { ...ringing, state: 'Connected', revision: 2, mediaSessions: [session] });
  const call = await accepted;

  void call.hold().catch(() => {});
  const lost = await server.next('sendDescription');
  awayMs = 600_000;
  lost.fail();
  const repeated = await server.next('sendDescription');
  assert.equal(repeated.requestId, lost.requestId);
  assert.deepEqual(repeated.body, lost.body);
  repeated.answer(204);
  peer.close();
});
