import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { getIdentifierRawId } from '@azure/communication-common';
import type { OperationResponse, Trunk } from '@dialplane/calling-api';
import { Features } from './features/features.ts';
import type { Call } from './public/call.ts';
import type { DtmfTone } from './public/call-options.ts';
import { TestApplication } from './test-application.ts';
import { exitWhenDone, hearsSilence, hearsSound, reaches, TestCaller, until } from './test-caller.ts';
import { TestWholeServer } from './test-whole-server.ts';

/** Numbers of the demonstration carrier, by what they do. */
const number = (last: string) => ({ phoneNumber: `+120255501${last}` });
const melody = number('00');
const echo = number('01');
const hangsUp = number('02');
const busy = number('03');
const announcement = number('05');
const outOfService = number('06');
const keypad = number('07');
const callBack = number('08');
const alternateCallerId = number('90');

let server: TestWholeServer;
before(async () => {
  server = await TestWholeServer.start('--demo-carrier', '--webhooks', 'private');
});
exitWhenDone(() => server[Symbol.asyncDispose]());

async function signIn(displayName: string): Promise<TestCaller> {
  const { token, identifier } = await server.person(displayName);
  return TestCaller.signInAt(server.url, { token, identifier }, displayName);
}

function statesOf(call: Call): string[] {
  const states: string[] = [];
  call.on('stateChanged', () => states.push(call.state));
  return states;
}

test('a telephone is called and heard, and says back what it is told', async () => {
  await using alice = await signIn('Alice 1');
  const playing = alice.agent.startCall([melody], { alternateCallerId, audioOptions: alice.audioOptions });
  await reaches(playing, 'Connected');
  await hearsSound(playing);
  await playing.hangUp();
  const call = alice.agent.startCall([echo], { alternateCallerId, audioOptions: alice.audioOptions });
  await reaches(call, 'Connected');
  await hearsSound(call);
  await call.mute();
  await hearsSilence(call);
  await call.unmute();
  await hearsSound(call);
  await call.hangUp();
  assert.equal(call.callEndReason?.code, 0);
});

test('what a network plays before the answer is heard; busy and out of service have their codes', async () => {
  await using alice = await signIn('Alice 2');
  const call = alice.agent.startCall([announcement], { alternateCallerId, audioOptions: alice.audioOptions });
  const states = statesOf(call);
  await reaches(call, 'EarlyMedia');
  await hearsSound(call);
  await reaches(call, 'Connected');
  await call.hangUp();
  assert.ok(states.includes('EarlyMedia'));
  const engaged = alice.agent.startCall([busy], { alternateCallerId, audioOptions: alice.audioOptions });
  await reaches(engaged, 'Disconnected');
  assert.deepEqual([engaged.callEndReason?.code, engaged.callEndReason?.subCode], [486, 560_486]);
  const gone = alice.agent.startCall([outOfService], { alternateCallerId, audioOptions: alice.audioOptions });
  await reaches(gone, 'Disconnected');
  assert.equal(Math.floor((gone.callEndReason?.subCode ?? 0) / 1000), 560);
  const ended = alice.agent.startCall([hangsUp], { alternateCallerId, audioOptions: alice.audioOptions });
  await reaches(ended, 'Connected');
  await reaches(ended, 'Disconnected');
  assert.deepEqual([ended.callEndReason?.code, ended.callEndReason?.subCode], [0, 560_000]);
  const anonymous = alice.agent.startCall([melody], { audioOptions: alice.audioOptions });
  await reaches(anonymous, 'Disconnected');
  assert.deepEqual([anonymous.callEndReason?.code, anonymous.callEndReason?.subCode], [403, 510_403]);
});

test('keys reach the telephone, which plays them back', async () => {
  await using alice = await signIn('Alice 3');
  const call = alice.agent.startCall([keypad], { alternateCallerId, audioOptions: { ...alice.audioOptions, muted: true } });
  await reaches(call, 'Connected');
  for (const tone of ['Num1', 'Num2', 'Star', 'Pound'] satisfies DtmfTone[]) await call.sendDtmf(tone);
  await hearsSound(call);
  await call.hangUp();
});

test('a telephone calls back, is answered, and comes into a call with a third', async () => {
  await using alice = await signIn('Alice 4');
  await using bob = await signIn('Bob 4');
  const call = alice.agent.startCall([callBack], { alternateCallerId, audioOptions: alice.audioOptions });
  const incoming = await alice.ringing();
  assert.equal(incoming.callerInfo.identifier?.kind, 'phoneNumber');
  if (call.state !== 'Disconnected') await reaches(call, 'Disconnected');
  const answered = await incoming.accept({ audioOptions: alice.audioOptions });
  await reaches(answered, 'Connected');
  await hearsSound(answered);
  answered.addParticipant(bob.identifier);
  const joined = await (await bob.ringing()).accept({ audioOptions: bob.audioOptions });
  await reaches(joined, 'Connected');
  await until(joined, 'remoteParticipantsUpdated', () => joined.remoteParticipants.length === 2, 'Alice and the telephone');
  await hearsSound(joined);
  await Promise.all([answered.hangUp(), joined.hangUp()]);
});

test('a call between two users takes a telephone in, and a telephone is transferred to a user', async () => {
  await using alice = await signIn('Alice 5');
  await using bob = await signIn('Bob 5');
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const answered = await (await bob.ringing()).accept({ audioOptions: bob.audioOptions });
  await reaches(call, 'Connected');
  const telephone = call.addParticipant(melody, { alternateCallerId });
  await until(telephone, 'stateChanged', () => telephone.state === 'Connected', 'the telephone');
  await call.removeParticipant(melody);
  await until(telephone, 'stateChanged', () => telephone.state === 'Disconnected', 'its end');
  await Promise.all([call.hangUp(), answered.hangUp()]);

  const dialled = alice.agent.startCall([echo], { alternateCallerId, audioOptions: alice.audioOptions });
  await reaches(dialled, 'Connected');
  const transfer = dialled.feature(Features.Transfer).transfer({ targetParticipant: bob.identifier });
  const incoming = await bob.ringing();
  assert.equal(incoming.transferorInfo?.displayName, 'Alice 5');
  const taken = await incoming.accept({ audioOptions: bob.audioOptions });
  await Promise.all([reaches(taken, 'Connected'), reaches(dialled, 'Disconnected')]);
  assert.equal(transfer.state, 'Transferred');
  await hearsSound(taken);
  await taken.hangUp();
});

test('an application calls a user, who sees nobody there, brings a telephone, and leaves the two together', async () => {
  await using alice = await signIn('Alice 7');
  using application = await TestApplication.start(server);
  const { client, callbackUri } = application;
  const { callConnection } = await client.createCall({ targetParticipant: alice.identifier, sourceDisplayName: 'Support' }, callbackUri);
  const incoming = await alice.ringing();
  assert.equal(incoming.callerInfo.displayName, 'Support');
  const call = await incoming.accept({ audioOptions: alice.audioOptions });
  await reaches(call, 'Connected');
  await application.told('CallConnected');
  assert.equal(call.remoteParticipants.length, 0);
  await callConnection.addParticipant({ targetParticipant: melody, sourceCallIdNumber: alternateCallerId });
  await application.told('AddParticipantSucceeded');
  await callConnection.hangUp(false);
  await application.told('CallDisconnected');
  await hearsSound(call);
  await call.hangUp();
});

test('an application comes to a direct call of two, which moves to the backend for it and goes on without it', async () => {
  await using alice = await signIn('Alice 8');
  await using bob = await signIn('Bob 8');
  using application = await TestApplication.start(server);
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const answered = await (await bob.ringing()).accept({ audioOptions: bob.audioOptions });
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  const { callConnection } = await application.client.connectCall({ kind: 'serverCallLocator', id: await call.info.getServerCallId() }, application.callbackUri);
  await application.told('CallConnected');
  assert.equal((await application.told('ParticipantsUpdated')).participants?.length, 2);
  await callConnection.muteParticipant(bob.identifier);
  await until(answered, 'isMutedChanged', () => answered.isMuted, 'to be muted');
  await callConnection.hangUp(false);
  await application.told('CallDisconnected');
  assert.deepEqual([call.state, call.remoteParticipants.length], ['Connected', 1]);
  await Promise.all([call.hangUp(), answered.hangUp()]);
});

test('an application answers for a user who is signed in nowhere, and sends another call on to a telephone', async () => {
  await using alice = await signIn('Alice 9');
  const { identifier } = await server.person('Reception');
  using application = await TestApplication.start(server);
  await application.subscribe(server, identifier);
  const call = () => alice.agent.startCall([{ communicationUserId: identifier }], { alternateCallerId, audioOptions: alice.audioOptions });
  const answered = call();
  const { callConnection } = await application.client.answerCall(await application.called(), application.callbackUri);
  await reaches(answered, 'Connected');
  await application.told('CallConnected');
  await callConnection.addParticipant({ targetParticipant: melody, sourceCallIdNumber: alternateCallerId });
  await application.told('AddParticipantSucceeded');
  await hearsSound(answered);
  await callConnection.hangUp(true);
  await reaches(answered, 'Disconnected');
  const sentOn = call();
  await application.client.redirectCall(await application.called(), { targetParticipant: melody });
  await reaches(sentOn, 'Connected');
  await hearsSound(sentOn);
  assert.deepEqual(sentOn.remoteParticipants.map(({ identifier: who }) => getIdentifierRawId(who)), [`4:${melody.phoneNumber}`]);
  await sentOn.hangUp();
});

test('an application moves a user from one of its calls to another one, which their client answers by itself', async () => {
  await using alice = await signIn('Alice 10');
  using application = await TestApplication.start(server);
  const { client, callbackUri } = application;
  const waiting = await client.createCall({ targetParticipant: alice.identifier }, callbackUri);
  const call = await (await alice.ringing()).accept({ audioOptions: alice.audioOptions });
  await reaches(call, 'Connected');
  await application.told('CallConnected');
  const { callConnection } = await client.createCall({ targetParticipant: melody, sourceCallIdNumber: alternateCallerId }, callbackUri);
  await application.told('CallConnected');
  const followed = new Promise<Call>((resolve) => call.feature(Features.Transfer).on('transferAccepted', ({ targetCall }) => resolve(targetCall)));
  await callConnection.moveParticipants([alice.identifier], waiting.callConnectionProperties.callConnectionId ?? '');
  const targetCall = await followed;
  await application.told('MoveParticipantSucceeded');
  await Promise.all([reaches(targetCall, 'Connected'), reaches(call, 'Disconnected')]);
  await hearsSound(targetCall);
  await targetCall.hangUp();
});

test('one of a group is transferred to somebody else, and the others stay', async () => {
  await using alice = await signIn('Alice 11');
  await using bob = await signIn('Bob 11');
  await using carol = await signIn('Carol 11');
  await using dave = await signIn('Dave 11');
  const groupId = randomUUID();
  const join = ({ agent, audioOptions }: TestCaller): Call => agent.join({ groupId }, { audioOptions });
  const [call, transferred, staying] = [join(alice), join(bob), join(carol)];
  await Promise.all([call, transferred, staying].map((one) => until(one, 'remoteParticipantsUpdated', () => one.remoteParticipants.length === 2, 'everybody')));
  await Promise.all([call, transferred, staying].map((one) => reaches(one, 'Connected')));
  const unnamed = call.feature(Features.Transfer).transfer({ targetParticipant: dave.identifier });
  await until(unnamed, 'stateChanged', () => unnamed.state === 'Failed', 'the refusal');
  const followed = new Promise<Call>((resolve) => transferred.feature(Features.Transfer).on('transferAccepted', ({ targetCall }) => resolve(targetCall)));
  const transfer = call.feature(Features.Transfer).transfer({ targetParticipant: dave.identifier }, { transferee: bob.identifier });
  const incoming = await dave.ringing();
  assert.deepEqual([incoming.callerInfo.displayName, incoming.transferorInfo?.displayName], ['Bob 11', 'Alice 11']);
  const [taken, targetCall] = await Promise.all([incoming.accept({ audioOptions: dave.audioOptions }), followed]);
  await Promise.all([reaches(taken, 'Connected'), reaches(targetCall, 'Connected'), reaches(transferred, 'Disconnected')]);
  await until(transfer, 'stateChanged', () => transfer.state === 'Transferred', 'the transfer');
  await Promise.all([call, staying].map((one) => until(one, 'remoteParticipantsUpdated', () => one.remoteParticipants.length === 1, 'the two')));
  assert.deepEqual([call.state, staying.state], ['Connected', 'Connected']);
  await Promise.all([hearsSound(targetCall), hearsSound(taken)]);
});

/** Until sound is sent in this codec, as the statistics of the call's connection have it. */
async function speaks(call: Call, codec: string): Promise<void> {
  const collector = call.feature(Features.MediaStats).createCollector();
  await new Promise<void>((resolve) => {
    collector.on('sampleReported', ({ audio }) => {
      if (audio.send.some(({ codecName }) => codecName === codec)) resolve();
    });
  });
  collector.dispose();
}

test('a client alone with a telephone speaks its codec where the trunk wants that, and Opus again with a third', async () => {
  const { operatorToken } = await server.ask<OperationResponse<'signIn'>>('POST', '/v1/sign-in', undefined, { displayName: 'Olga' });
  const { value: [trunk] } = await server.ask<{ value: Trunk[] }>('GET', '/v1/telephony/trunks', operatorToken);
  assert.ok(trunk !== undefined);
  const { name, health: _health, ...settings } = trunk;
  await server.ask('PUT', `/v1/telephony/trunks/${name}`, operatorToken, { ...settings, profile: { ...settings.profile, clientCodec: 'telephone' } });
  await using alice = await signIn('Alice 6');
  await using bob = await signIn('Bob 6');
  const call = alice.agent.startCall([echo], { alternateCallerId, audioOptions: alice.audioOptions });
  await reaches(call, 'Connected');
  await speaks(call, 'PCMU');
  await hearsSound(call);
  call.addParticipant(bob.identifier);
  const joined = await (await bob.ringing()).accept({ audioOptions: bob.audioOptions });
  await reaches(joined, 'Connected');
  await speaks(call, 'OPUS');
  await hearsSound(call);
  await Promise.all([call.hangUp(), joined.hangUp()]);
});
