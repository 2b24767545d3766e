import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { test } from 'node:test';
import { defaultSignalingLimits } from './index.ts';
import { ask, generousLimits, testDescription, testSdp, TestServer, type TestClient } from './test-server.ts';

/** An error answer: `[status, code]`. The sentence is never empty. */
async function refusal(asking: Promise<{ readonly status: number; readonly body: { readonly error?: { readonly code: string; readonly message: string } } | undefined }>): Promise<[number, string | undefined]> {
  const { status, body } = await asking;
  assert.ok((body?.error?.message.length ?? 0) > 10, JSON.stringify(body));
  return [status, body?.error?.code];
}

async function ringing(server: TestServer): Promise<{ alice: TestClient; bob: TestClient; callId: string }> {
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');
  const { body } = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [bob.identifier], description: testDescription('offer') } });
  await bob.next('incomingCall');
  return { alice, bob, callId: body.callId };
}

test('tokens: missing, malformed, forged, of another kind, without scope, expired, revoked', async () => {
  await using server = await TestServer.start();
  const { token, identifier } = await server.token();
  const register = (bearer: string | undefined): Promise<[number, string | undefined]> =>
    refusal(ask(server.url, 'registerEndpoint', { body: {}, ...(bearer !== undefined && { token: bearer }) }));

  assert.deepEqual(await register(undefined), [401, 'TOKEN_MISSING']);
  assert.deepEqual(await register('nonsense'), [401, 'TOKEN_INVALID']);
  const [header, payload, signature] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()), exp: 4_000_000_000 })).toString('base64url');
  assert.deepEqual(await register([header, forged, signature].join('.')), [401, 'TOKEN_INVALID']);
  const operator = await ask(server.url, 'signIn', { body: { displayName: 'Olga' } });
  assert.deepEqual(await register(operator.body.operatorToken), [401, 'TOKEN_INVALID']);

  const chat = await server.token(['chat']);
  assert.deepEqual(await register(chat.token), [403, 'SCOPE_MISSING']);
  const joiner = await server.token(['voip.join']);
  const joined = await ask(server.url, 'registerEndpoint', { token: joiner.token, body: {} });
  assert.equal(joined.status, 201);
  assert.deepEqual(await refusal(ask(server.url, 'startCall', { token: joiner.token, body: { endpointId: joined.body.endpointId, targets: [identifier] } })), [403, 'SCOPE_MISSING']);
  assert.deepEqual(await refusal(ask(server.url, 'createSignInLink', { token, body: {} })), [403, 'ROLE_MISSING']);
  assert.deepEqual(await refusal(ask(server.url, 'createSignInLink', { token: 'nonsense', body: {} })), [401, 'TOKEN_INVALID']);

  await server.identity.revokeTokens(identifier);
  assert.deepEqual(await register(token), [401, 'TOKEN_REVOKED']);
  server.clock.leap(25 * 3_600_000);
  assert.deepEqual(await register(chat.token), [401, 'TOKEN_EXPIRED']);
});

test('revoking the tokens of a user closes its endpoints and ends its calls at once', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await ringing(server);
  await bob.ask('acceptCall', { params: { callId }, body: { endpointId: bob.endpointId, description: testDescription('answer') } });
  await server.identity.revokeTokens(bob.identifier);
  assert.equal((await bob.next('endpointClosed')).reason, 'invalidToken');
  assert.equal(await bob.nextEnvelope(), undefined);
  const { endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.equal(endReason?.endedBy, bob.identifier);
  const { body } = await alice.ask('getCallRecords', { params: { callId } });
  const bobs = body.summaries.find((row) => row.identifier === bob.identifier);
  assert.deepEqual([bobs?.participantEndReason, bobs?.participantEndSubCode], [495, 4507]);
});

test('an access token that runs out without being renewed closes the endpoint; a renewed one does not', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');
  server.clock.leap(23 * 3_600_000);
  const fresh = await server.token(['voip'], bob.identifier);
  assert.equal((await bob.ask('renewEndpoint', { token: fresh.token, params: { endpointId: bob.endpointId } })).status, 200);
  server.clock.leap(2 * 3_600_000);
  assert.equal((await alice.next('endpointClosed')).reason, 'invalidToken');
  bob.token = fresh.token;
  assert.equal((await bob.ask('listDirectory')).status, 200);
  assert.deepEqual(await refusal(bob.ask('startCall', { body: { endpointId: alice.endpointId, targets: [alice.identifier] } })), [404, 'ENDPOINT_NOT_FOUND']);
});

test('bodies: malformed, empty, wrong type, unknown fields, too large', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const post = async (body: string, type = 'application/json', path = '/v1/calls'): Promise<[number, string | undefined, string | undefined]> => {
    const response = await fetch(`${server.url}${path}`, { method: 'POST', body, headers: { authorization: `Bearer ${alice.token}`, 'content-type': type } });
    const { error } = (await response.json()) as { error: { code: string; target?: string; message: string } };
    assert.ok(error.message.length > 10);
    return [response.status, error.code, error.target];
  };
  const sound = { endpointId: alice.endpointId, targets: ['8:acs:x'] };
  assert.deepEqual(await post('{"endpointId":'), [400, 'REQUEST_MALFORMED', undefined]);
  assert.deepEqual(await post('{"__proto__":{"isMuted":true}}'), [400, 'REQUEST_MALFORMED', undefined]);
  assert.deepEqual(await post(''), [400, 'REQUEST_INVALID', 'body']);
  assert.deepEqual(await post('[]'), [400, 'REQUEST_INVALID', 'body']);
  assert.deepEqual(await post(JSON.stringify(sound), 'text/plain'), [415, 'MEDIA_TYPE_UNSUPPORTED', undefined]);
  assert.deepEqual(await post(JSON.stringify({ ...sound, isMute: true })), [400, 'REQUEST_INVALID', 'body.isMute']);
  assert.deepEqual(await post(JSON.stringify({ ...sound, customContext: { userToUserr: 'x' } })), [400, 'REQUEST_INVALID', 'body.customContext.userToUserr']);
  assert.deepEqual(await post(JSON.stringify({ ...sound, isMuted: 'true' })), [400, 'REQUEST_INVALID', 'body.isMuted']);
  assert.deepEqual(await post(JSON.stringify({ ...sound, endpointId: 'x' })), [400, 'REQUEST_INVALID', 'body.endpointId']);
  assert.deepEqual(await post(JSON.stringify({ ...sound, targets: [] })), [400, 'REQUEST_INVALID', 'body.targets']);
  assert.deepEqual(await post('x'.repeat(10 * 1024 * 1024)), [413, 'REQUEST_TOO_LARGE', undefined]);
  assert.deepEqual(await post(`{"displayName":"${'x'.repeat(20_000)}"}`, 'application/json', '/v1/endpoints'), [413, 'REQUEST_TOO_LARGE', undefined]);
  assert.deepEqual(await post('{}', 'application/json', '/v1/call'), [404, 'ROUTE_NOT_FOUND', undefined]);
  assert.deepEqual(await refusal(alice.ask('listCalls', { query: { limit: 201 } })), [400, 'REQUEST_INVALID']);
  assert.deepEqual(await refusal(alice.ask('listCalls', { query: { cursor: 'x' } })), [400, 'REQUEST_INVALID']);
  // Nothing of it harmed the client.
  assert.equal((await alice.ask('listCalls', { query: { limit: 1 } })).status, 200);
});

test('a stranger is refused before its body is read', async () => {
  await using server = await TestServer.start();
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const sending = request(`${server.url}/v1/calls`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': 10_000_000 } }, (response) => {
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.on('error', reject);
    sending.write('{');
  });
  assert.equal(answer, 401);
});

test('session descriptions that are not', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');
  const start = (sdp: string, mid = '0'): Promise<[number, string | undefined]> =>
    refusal(
      alice.ask('startCall', {
        body: { endpointId: alice.endpointId, targets: [bob.identifier], description: { ...testDescription('offer'), sdp, streams: [{ mid, mediaStreamType: 'Audio' }] } },
      }),
    );
  assert.deepEqual(await start('hello'), [400, 'SDP_INVALID']);
  assert.deepEqual(await start('v=0\r\n'), [400, 'SDP_INVALID']);
  assert.deepEqual(await start(testSdp().replace('v=0', 'v=1')), [400, 'SDP_INVALID']);
  assert.deepEqual(await start(testSdp().replace('t=0 0\r\n', '')), [400, 'SDP_INVALID']);
  assert.deepEqual(await start(testSdp().replace('m=audio 9', 'm=audio x')), [400, 'SDP_INVALID']);
  assert.deepEqual(await start(testSdp().replace('a=sendrecv', '<script>')), [400, 'SDP_INVALID']);
  assert.deepEqual(await start(testSdp(), '7'), [400, 'SDP_INVALID']);
  assert.deepEqual(await start(`${testSdp()}a=${'x'.repeat(400_000)}\r\n`), [413, 'SDP_TOO_LARGE']);
  assert.equal((await alice.ask('listCalls')).body.value.length, 0);
});

test('calls that are unknown, ended or of others', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await ringing(server);
  const mallory = await server.client('Mallory');
  const hangUp = (client: TestClient, id: string, endpointId = client.endpointId): Promise<[number, string | undefined]> =>
    refusal(client.ask('hangUp', { params: { callId: id }, body: { endpointId } }));

  assert.deepEqual(await hangUp(alice, randomUUID()), [404, 'CALL_NOT_FOUND']);
  assert.deepEqual(await hangUp(mallory, callId), [404, 'CALL_NOT_FOUND']);
  assert.deepEqual(await hangUp(mallory, callId, alice.endpointId), [404, 'ENDPOINT_NOT_FOUND']);
  assert.deepEqual(await hangUp(mallory, callId, randomUUID()), [404, 'ENDPOINT_NOT_FOUND']);
  assert.deepEqual(await refusal(mallory.ask('getCallFlow', { params: { callId } })), [404, 'RECORD_NOT_FOUND']);
  assert.deepEqual(await refusal(mallory.ask('listCalls', { query: { identifier: alice.identifier } })), [403, 'ROLE_MISSING']);
  assert.deepEqual(await refusal(mallory.ask('receiveEvents', { params: { endpointId: alice.endpointId } })), [404, 'ENDPOINT_NOT_FOUND']);

  assert.equal((await bob.ask('rejectCall', { params: { callId }, body: { endpointId: bob.endpointId } })).status, 204);
  assert.deepEqual(await hangUp(alice, callId), [410, 'CALL_ENDED']);
  assert.deepEqual(await hangUp(mallory, callId), [404, 'CALL_NOT_FOUND']);
  assert.deepEqual(await refusal(mallory.ask('getCallRecords', { params: { callId } })), [404, 'RECORD_NOT_FOUND']);
  // Also when the call is no longer fresh in memory.
  server.clock.turn(70_000);
  assert.deepEqual(await hangUp(alice, callId), [410, 'CALL_ENDED']);
  assert.deepEqual(await hangUp(mallory, callId), [404, 'CALL_NOT_FOUND']);

  const operator = await ask(server.url, 'signIn', { body: { displayName: 'Olga' } });
  assert.equal((await ask(server.url, 'getCallFlow', { token: operator.body.operatorToken ?? '', params: { callId } })).status, 200);
  assert.equal((await ask(server.url, 'listCalls', { token: operator.body.operatorToken ?? '' })).body.value.length, 1);
});

test('the same command twice is carried out once and answered alike; its id for another request is refused', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');
  const headers = { 'repeatability-request-id': randomUUID() };
  const body = { endpointId: alice.endpointId, targets: [bob.identifier] };
  const [first, second] = await Promise.all([alice.ask('startCall', { body, headers }), alice.ask('startCall', { body, headers })]);
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers.get('repeatability-result'), 'accepted');
  assert.deepEqual(await refusal(alice.ask('startCall', { headers, body: { ...body, isMuted: true } })), [409, 'REQUEST_ID_REUSED']);
  assert.equal((await alice.ask('listCalls')).body.value.length, 1);
  const params = { callId: first.body.callId };
  const hangUp = { 'repeatability-request-id': randomUUID() };
  for (let times = 0; times < 2; times += 1) {
    assert.equal((await alice.ask('hangUp', { params, headers: hangUp, body: { endpointId: alice.endpointId } })).status, 204);
  }
  // An id is the caller's own: another user's request under the same one is another request.
  assert.equal((await bob.ask('startCall', { headers, body: { endpointId: bob.endpointId, targets: [alice.identifier] } })).status, 201);
  assert.deepEqual(await refusal(alice.ask('startCall', { body, headers: { 'repeatability-request-id': 'x y' } })), [400, 'REQUEST_INVALID']);
});

test('two devices that answer at the same moment: one is connected, the other is told', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const phone = await server.client('Bob');
  const desk = await server.client('Bob', phone.identifier);
  const { body } = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [phone.identifier], description: testDescription('offer') } });
  await Promise.all([phone.next('incomingCall'), desk.next('incomingCall')]);
  const answers = await Promise.all(
    [phone, desk].map((device) => device.ask('acceptCall', { params: { callId: body.callId }, body: { endpointId: device.endpointId, description: testDescription('answer') } })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  assert.equal(answers.find(({ status }) => status === 409)?.body.error?.code, 'CALL_ANSWERED_ELSEWHERE');
  const loser = answers[0]?.status === 409 ? phone : desk;
  const { endReason } = await loser.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.subCode], [487, 10003]);
});

test('too many requests, endpoints and calls', async () => {
  const limits = {
    ...generousLimits,
    requests: { perUser: { perSecond: 1, burst: 12 }, perAddress: { perSecond: 1, burst: 3 } },
    endpoints: { ...defaultSignalingLimits.endpoints, maxPerUser: 2 },
    maxCallsPerEndpoint: 1,
  };
  await using server = await TestServer.start({ limits });
  const strangers = await Promise.all(Array.from({ length: 5 }, () => ask(server.url, 'registerEndpoint', { token: 'nonsense', body: {} })));
  assert.deepEqual(strangers.map(({ status }) => status).sort(), [401, 401, 401, 429, 429]);

  const alice = await server.client('Alice');
  const second = await server.client('Alice', alice.identifier);
  assert.deepEqual(await refusal(ask(server.url, 'registerEndpoint', { token: alice.token, body: {} })), [409, 'ENDPOINT_LIMIT']);
  // A device that was lost makes room.
  const closed = server.readerClosed();
  second.disconnect();
  await closed;
  server.clock.turn(40_000);
  const third = await server.client('Alice', alice.identifier);
  assert.deepEqual(await refusal(alice.ask('receiveEvents', { params: { endpointId: second.endpointId } })), [404, 'ENDPOINT_NOT_FOUND']);

  const bob = await server.client('Bob');
  const start = (): ReturnType<typeof ask<'startCall'>> => third.ask('startCall', { body: { endpointId: third.endpointId, targets: [bob.identifier] } });
  assert.equal((await start()).status, 201);
  assert.deepEqual(await refusal(start()), [409, 'CALL_LIMIT']);

  const flood = await Promise.all(Array.from({ length: 20 }, () => bob.ask('listDirectory')));
  const refused = flood.find(({ status }) => status === 429);
  assert.equal(refused?.body.error?.code, 'REQUEST_RATE_LIMITED');
  assert.ok(Number(refused?.headers.get('retry-after')) >= 1);
});
