import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from './public/call.ts';
import type { RemoteParticipant } from './public/remote-participant.ts';
import type { RemoteVideoStream } from './public/streams.ts';
import { exitWhenDone, hearsSilence, hearsSound, reaches, TestCaller, until } from './test-caller.ts';
import { TestServer } from './test-server.ts';

exitWhenDone();

/** Alice calls Bob, who answers. */
async function connect(alice: TestCaller, bob: TestCaller): Promise<{ call: Call; answered: Call }> {
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const incoming = await bob.ringing();
  const answered = await incoming.accept({ audioOptions: bob.audioOptions });
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  return { call, answered };
}

/** The other side's stream of a type, once it is (not) available. */
async function remoteVideo(call: Call, type: 'Video' | 'ScreenSharing', isAvailable: boolean): Promise<RemoteVideoStream> {
  const [participant] = call.remoteParticipants as RemoteParticipant[];
  assert.ok(participant);
  const find = () => participant.videoStreams.find(({ mediaStreamType }) => mediaStreamType === type);
  await until(participant, 'videoStreamsUpdated', () => find() !== undefined, `a remote ${type}`);
  const stream = find() as RemoteVideoStream;
  await until(stream, 'isAvailableChanged', () => stream.isAvailable === isAvailable, `${type} to be ${isAvailable ? 'available' : 'gone'}`);
  return stream;
}

test('two people call, hear each other, and hang up', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const states: string[] = [];

  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions, customContext: { userToUser: 'order 7' } });
  assert.equal(call.state, 'None');
  assert.equal(alice.agent.calls[0], call);
  const firstId = call.id;
  call.on('stateChanged', () => states.push(call.state));
  const incoming = await bob.ringing();
  assert.equal(incoming.kind, 'IncomingCall');
  assert.equal(incoming.callerInfo.displayName, 'Alice');
  assert.equal(incoming.customContext?.userToUser, 'order 7');
  await reaches(call, 'Ringing');
  assert.notEqual(call.id, firstId);
  const answered = await incoming.accept({ audioOptions: bob.audioOptions });
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  assert.equal(answered.id, call.id);
  assert.equal(answered.direction, 'Incoming');
  await Promise.all([hearsSound(call), hearsSound(answered)]);
  assert.equal(call.remoteParticipants[0]?.displayName, 'Bob');
  assert.equal(typeof (await call.info.getServerCallId()), 'string');
  assert.equal(call.info.threadId, undefined);

  let reasonAtRemoval: number | undefined;
  alice.agent.on('callsUpdated', ({ removed }) => {
    reasonAtRemoval = removed[0]?.callEndReason?.code;
  });
  await answered.hangUp();
  await reaches(call, 'Disconnected');
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [0, 0]);
  assert.equal(reasonAtRemoval, 0);
  assert.deepEqual(alice.agent.calls, []);
  assert.deepEqual(states, ['Connecting', 'Ringing', 'Connected', 'Disconnected']);
  await assert.rejects(call.startVideo(alice.camera()), { code: 410, name: 'CommunicationServicesError' });
});

test('both sides start and stop video in the same moment', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const { call, answered } = await connect(alice, bob);

  for (let round = 0; round < 3; round += 1) {
    const cameras = [alice.camera(), bob.camera(640, 480)] as const;
    await Promise.all([call.startVideo(cameras[0]), answered.startVideo(cameras[1])]);
    assert.equal(call.isLocalVideoStarted, true);
    const [seenByAlice] = await Promise.all([remoteVideo(call, 'Video', true), remoteVideo(answered, 'Video', true)]);
    await until(seenByAlice, 'isReceivingChanged', () => seenByAlice.isReceiving, 'pictures');
    assert.equal((await seenByAlice.getMediaStream()).getVideoTracks().length, 1);
    await Promise.all([call.stopVideo(cameras[0]), answered.stopVideo(cameras[1])]);
    await Promise.all([remoteVideo(call, 'Video', false), remoteVideo(answered, 'Video', false)]);
    await assert.rejects(seenByAlice.getMediaStream(), { code: 404 });
  }

  const screen = bob.camera(800, 600);
  await answered.startScreenSharing(screen);
  assert.equal(answered.isScreenSharingOn, true);
  await remoteVideo(call, 'ScreenSharing', true);
  await answered.stopScreenSharing();
  await remoteVideo(call, 'ScreenSharing', false);
  await hearsSound(call);
});

test('video is there from the first moment where both start with it', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions, videoOptions: { localVideoStreams: [alice.camera()] } });
  const incoming = await bob.ringing();
  const answered = await incoming.accept({ audioOptions: bob.audioOptions, videoOptions: { localVideoStreams: [bob.camera()] } });
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  await Promise.all([remoteVideo(call, 'Video', true), remoteVideo(answered, 'Video', true)]);
});

test('mute silences at once and shows at the other side', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const { call, answered } = await connect(alice, bob);
  await hearsSound(answered);
  const [seen] = answered.remoteParticipants as RemoteParticipant[];
  assert.ok(seen);

  await call.mute();
  assert.equal(call.isMuted, true);
  await until(seen, 'isMutedChanged', () => seen.isMuted, 'the other side to see the mute');
  await hearsSilence(answered);
  await call.unmute();
  await until(seen, 'isMutedChanged', () => !seen.isMuted, 'the other side to see the unmute');
  await hearsSound(answered);
  await assert.rejects(call.muteAllRemoteParticipants(), { code: 409 });
});

test('hold stops the media both ways and resume brings it back', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const { call, answered } = await connect(alice, bob);
  await Promise.all([hearsSound(call), hearsSound(answered)]);

  await call.hold();
  assert.equal(call.state, 'LocalHold');
  await reaches(answered, 'RemoteHold');
  await hearsSilence(answered);
  await call.resume();
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  await Promise.all([hearsSound(call), hearsSound(answered)]);
});

test('declined, cancelled and answered elsewhere end with their own codes', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const endOf = (call: Pick<Call, 'callEndReason'>) => [call.callEndReason?.code, call.callEndReason?.subCode];

  const declined = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  await (await bob.ringing()).reject();
  await reaches(declined, 'Disconnected');
  assert.equal(declined.callEndReason?.code, 603);

  const cancelled = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const ringing = await bob.ringing();
  const ended = new Promise<void>((resolve) => ringing.on('callEnded', ({ callEndReason }) => {
    assert.deepEqual([callEndReason.code, callEndReason.subCode], [487, 0]);
    resolve();
  }));
  await cancelled.hangUp();
  await ended;
  assert.deepEqual(endOf(cancelled), [487, 0]);
  assert.equal(cancelled.state, 'Disconnected');
  await assert.rejects(ringing.accept(), { code: 410 });

  await using second = await TestCaller.signIn(server, 'Bob', { rawId: bob.identifier.communicationUserId });
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const [onFirst, onSecond] = await Promise.all([bob.ringing(), second.ringing()]);
  const elsewhere = new Promise<void>((resolve) => onFirst.on('callEnded', () => resolve()));
  await onSecond.accept({ audioOptions: second.audioOptions });
  await Promise.all([elsewhere, reaches(call, 'Connected')]);
  assert.deepEqual(endOf(onFirst), [487, 10003]);
  assert.deepEqual(bob.agent.calls, []);
});

test('two devices that answer in the same moment: one gets the call, the other the reason', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  await using second = await TestCaller.signIn(server, 'Bob', { rawId: bob.identifier.communicationUserId });
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const [onFirst, onSecond] = await Promise.all([bob.ringing(), second.ringing()]);
  const results = await Promise.allSettled([onFirst.accept({ audioOptions: bob.audioOptions }), onSecond.accept({ audioOptions: second.audioOptions })]);
  await reaches(call, 'Connected');
  const running = [...bob.agent.calls, ...second.agent.calls].filter(({ state }) => state !== 'Disconnected');
  assert.equal(running.length, 1);
  // Who lost learnt it from the refusal of his answer, or from the event before he had sent it.
  const losers = [bob, second].filter(({ agent }) => agent.calls.length === 0);
  assert.equal(losers.length, 1);
  assert.ok(results.some(({ status }) => status === 'rejected'));
});

test('hanging up before the server has answered takes the invitation back', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  await call.hangUp();
  assert.equal(call.state, 'Disconnected');
  assert.equal(call.callEndReason?.code, 487);
  assert.deepEqual(alice.agent.calls, []);
});
