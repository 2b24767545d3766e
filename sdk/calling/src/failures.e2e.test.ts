import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { CallClient } from './call-client.ts';
import type { Call } from './public/call.ts';
import { exitWhenDone, hearsSound, reaches, TestCaller, until, webrtc } from './test-caller.ts';
import { TestServer } from './test-server.ts';

exitWhenDone();

async function connect(alice: TestCaller, bob: TestCaller): Promise<{ call: Call; answered: Call }> {
  const call = alice.agent.startCall([bob.identifier], { audioOptions: alice.audioOptions });
  const incoming = await bob.ringing();
  const answered = await incoming.accept({ audioOptions: bob.audioOptions });
  await Promise.all([reaches(call, 'Connected'), reaches(answered, 'Connected')]);
  return { call, answered };
}

test('invalid input is thrown at once, with code and sentence', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  const { agent } = alice;
  assert.throws(() => agent.startCall([]), { name: 'CommunicationServicesError', errorCode: 'TARGETS_MISSING', code: 400 });
  assert.throws(() => agent.startCall([{ communicationUserId: 'nobody' }]), { errorCode: 'TARGET_MALFORMED' });
  assert.throws(() => agent.startCall([{} as { communicationUserId: string }]), { errorCode: 'TARGET_MALFORMED' });
  assert.throws(() => agent.join({ groupId: 'not a guid' }), { errorCode: 'GROUP_ID_NOT_GUID' });
  assert.throws(() => agent.join({ roomId: '99423457' }), { errorCode: 'LOCATOR_UNSUPPORTED' });
  await assert.rejects(alice.client.createCallAgent(new AzureCommunicationTokenCredential((await server.token()).token)), { code: 409, subCode: 40228 });

  await using guest = await TestCaller.signIn(server, 'Guest', { scopes: ['voip.join'] });
  assert.throws(() => guest.agent.startCall([alice.identifier]), { errorCode: 'SCOPE_MISSING', code: 403 });
  assert.deepEqual(agent.calls, []);
});

test('what the server refuses ends the call with its reason', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  const stranger = alice.identifier.communicationUserId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const call = alice.agent.startCall([{ communicationUserId: stranger }]);
  await reaches(call, 'Disconnected');
  assert.equal(call.callEndReason?.code, 404);
  const group = alice.agent.join({ groupId: '6e1b8bf5-4a3c-4a57-9b1f-1e6f0a2f7c11' });
  await reaches(group, 'Disconnected');
  assert.equal(group.callEndReason?.code, 503);
});

test('a forged token and a missing server are clear errors', async () => {
  await using server = await TestServer.start();
  const client = new CallClient({ webrtc });
  const { token } = await server.token();
  const forged = `${token.slice(0, -6)}AAAAAA`;
  await assert.rejects(client.createCallAgent({ getToken: async () => ({ token: forged }), dispose: () => {} }), { code: 401, errorCode: 'TOKEN_INVALID' });
  await assert.rejects(client.createCallAgent({ getToken: async () => ({ token: 'opaque' }), dispose: () => {} }), { errorCode: 'TOKEN_MALFORMED' });
  await assert.rejects(new CallClient({ endpoint: 'http://192.0.2.1:8080' }).createCallAgent(new AzureCommunicationTokenCredential(token)), { errorCode: 'ENDPOINT_INSECURE' });
  await assert.rejects(client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName: 'x'.repeat(257) }), { errorCode: 'DISPLAY_NAME_TOO_LONG' });
  // None of these took the client's only place.
  await (await client.createCallAgent(new AzureCommunicationTokenCredential(token))).dispose();
});

test('a call survives a restart of the server', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const { call, answered } = await connect(alice, bob);

  await server.stop();
  await hearsSound(answered);
  await until(alice.agent, 'connectionStateChanged', () => alice.agent.connectionState === 'Disconnected', 'the loss of the connection to show');
  await server.start();
  await until(alice.agent, 'connectionStateChanged', () => alice.agent.connectionState === 'Connected', 'the connection');
  await until(bob.agent, 'connectionStateChanged', () => bob.agent.connectionState === 'Connected', 'the connection');
  assert.equal(call.state, 'Connected');
  await call.startVideo(alice.camera());
  const [participant] = answered.remoteParticipants;
  assert.ok(participant);
  await until(participant, 'videoStreamsUpdated', () => participant.videoStreams.some(({ isAvailable }) => isAvailable), 'video after the restart');
  await call.hangUp();
  await reaches(answered, 'Disconnected');
  assert.deepEqual([answered.callEndReason?.code, answered.callEndReason?.subCode], [0, 0]);
});

test('a refreshed token keeps the endpoint, a revoked one ends it', async () => {
  await using server = await TestServer.start();
  const first = await server.token();
  let next = first.token;
  const credential = new AzureCommunicationTokenCredential({ token: first.token, tokenRefresher: async () => next, refreshProactively: false });
  // Expires at once as far as the credential can tell, so that it asks its refresher for every request.
  await using alice = await TestCaller.signIn(server, 'Alice', { rawId: first.identifier, credential });
  await using bob = await TestCaller.signIn(server, 'Bob');
  const { call, answered } = await connect(alice, bob);
  next = (await server.token(['voip'], first.identifier)).token;
  await call.mute();
  assert.equal(call.state, 'Connected');

  await server.identity.revokeTokens(first.identifier);
  await until(alice.agent, 'connectionStateChanged', () => alice.agent.connectionState === 'Disconnected', 'the end of the connection');
  await reaches(call, 'Disconnected');
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [495, 4507]);
  await reaches(answered, 'Disconnected');
  assert.notEqual(answered.callEndReason, undefined);
});
