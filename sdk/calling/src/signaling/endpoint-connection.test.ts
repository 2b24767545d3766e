import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { TestClock } from '../test-clock.ts';
import { ScriptedServer, testToken } from '../test-scripted-server.ts';
import { exitWhenDone, reaches, until } from '../test-caller.ts';

exitWhenDone();

const groupId = randomUUID();
const unauthorized = { error: { code: 'TOKEN_REVOKED', message: 'The token was revoked.' } };

async function joined(server: ScriptedServer) {
  const { agent, connection } = await server.open();
  const call = agent.join({ groupId });
  (await server.next('joinCall')).answer(200, server.view({ groupId }));
  await reaches(call, 'Connected');
  await server.next('registerEndpoint');
  const reasons: Array<string | undefined> = [];
  agent.on('connectionStateChanged', ({ newValue, reason }) => reasons.push(reason ?? newValue));
  return { agent, connection, call, reasons };
}

test('the endpoint is put under the token that replaces one about to expire, without other traffic', async () => {
  await using server = new ScriptedServer();
  const clock = new TestClock();
  let token = testToken(clock.wallClock() + 3_600_000, 'first');
  await server.open(server.platform(undefined, { clock }), { getToken: async () => ({ token }), dispose: () => {} });
  token = testToken(clock.wallClock() + 7_200_000, 'second');
  await clock.advance(57 * 60_000);
  assert.equal(server.requests.some(({ operation }) => operation === 'renewEndpoint'), false);
  await clock.advance(60_000);
  const renewal = await server.next('renewEndpoint');
  assert.equal(renewal.token, token);
  assert.equal(renewal.path, `/v1/endpoints/${server.endpointId}:renew`);
});

test('revoked: calls end with 495/4507 before the connection is told lost, and nothing is asked any more', async () => {
  await using server = new ScriptedServer();
  const { agent, call, reasons } = await joined(server);
  let reasonAtEnd: number | undefined;
  call.on('stateChanged', () => {
    reasonAtEnd = call.callEndReason?.subCode;
  });
  server.hold('registerEndpoint');
  await server.send({ type: 'endpointClosed', reason: 'invalidToken' });
  assert.equal(call.state, 'Disconnected');
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode, reasonAtEnd], [495, 4507, 4507]);
  assert.deepEqual(reasons, ['invalidToken']);
  (await server.next('registerEndpoint')).answer(401, unauthorized);
  await new Promise((resolve) => setImmediate(resolve));
  const late = agent.join({ groupId });
  await reaches(late, 'Disconnected');
  assert.equal(late.callEndReason?.code, 401);
  assert.deepEqual(reasons, ['invalidToken']);
});

test('the token was revoked, and the credential has a newer one: signed in again, without the calls of before', async () => {
  await using server = new ScriptedServer();
  const { agent, call } = await joined(server);
  await server.send({ type: 'endpointClosed', reason: 'invalidToken' });
  assert.equal(call.callEndReason?.subCode, 4507);
  await server.next('registerEndpoint');
  await until(agent, 'connectionStateChanged', () => agent.connectionState === 'Connected', 'the connection');
});

test('replaced by another client: 0/4521, and no attempt to take the place back', async () => {
  await using server = new ScriptedServer();
  const { call, reasons, connection } = await joined(server);
  await server.send({ type: 'endpointClosed', reason: 'replaced' });
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [0, 4521]);
  assert.deepEqual(reasons, ['connectionIssue']);
  assert.equal(connection.isClosed, true);
  assert.equal(server.requests.filter(({ operation }) => operation === 'registerEndpoint').length, 1);
});

for (const [reason, end] of [['expired', [410, 301005]], ['closed', [0, 4521]]] as const) {
  test(`${reason}: calls end with ${end.join('/')}, and the client registers again`, async () => {
    await using server = new ScriptedServer();
    const { agent, call, reasons } = await joined(server);
    await server.send({ type: 'endpointClosed', reason });
    assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], end);
    await server.next('registerEndpoint');
    await until(agent, 'connectionStateChanged', () => agent.connectionState === 'Connected', 'the connection');
    assert.deepEqual(reasons, ['connectionIssue', 'Connected']);
  });
}
