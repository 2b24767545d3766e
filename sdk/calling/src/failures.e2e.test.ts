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
  assert.throws(() => agent.join({ meetingLink: 'https://meetings.example/99423457' }), { errorCode: 'LOCATOR_UNSUPPORTED' });
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

test('a refreshed token takes over the endpoint, a revoked one ends it', async () => {
  await using server = await TestServer.start();
  const first = await server.token();
  let { token } = first;
  await using alice = await TestCaller.signIn(server, 'Alice', { rawId: first.identifier, credential: { getToken: async () => ({ token }), dispose: () => {} } });
  await using bob = await TestCaller.signIn(server, 'Bob');
  const { call, answered } = await connect(alice, bob);
  const renewals = () => server.requests.filter(({ path, token: carried, status }) => path.endsWith(':renew') && carried === token && status === 200);
  token = (await server.token(['voip'], first.identifier)).token;
  assert.notEqual(token, first.token);
  assert.equal(renewals().length, 0);
  // The next request finds the other token, and has the endpoint put under it.
  await call.mute();
  await server.answered(() => renewals().length === 1);
  assert.deepEqual(server.requests.filter(({ path, token: carried }) => path.endsWith('/self') && carried !== token), []);
  assert.equal(call.state, 'Connected');

  await server.identity.revokeTokens(first.identifier);
  await reaches(call, 'Disconnected');
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [495, 4507]);
  assert.equal(alice.agent.connectionState, 'Disconnected');
  await reaches(answered, 'Disconnected');
  assert.deepEqual([answered.callEndReason?.code, answered.callEndReason?.subCode], [0, 4521]);
});

test('the report of a call that ends arrives although the server is away at the end', async () => {
  await using server = await TestServer.start();
  await using alice = await TestCaller.signIn(server, 'Alice');
  await using bob = await TestCaller.signIn(server, 'Bob');
  const { call, answered } = await connect(alice, bob);
  const reports = (status: number) => server.requests.filter((request) => request.path === `/v1/calls/${call.id}/telemetry` && request.status === status).length;
  server.refuses = (path) => path.endsWith('/telemetry');
  await answered.hangUp();
  await reaches(call, 'Disconnected');
  await server.answered(() => reports(503) >= 2);
  const accepted = reports(204);
  server.refuses = () => false;
  // One of each side.
  await server.answered(() => reports(204) >= accepted + 2);
});
