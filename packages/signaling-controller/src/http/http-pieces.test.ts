import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify, type FastifyRequest } from 'fastify';
import { operations } from '@dialplane/calling-api';
import { TestClock } from '../test-clock.ts';
import { ask, TestServer } from '../test-server.ts';
import { isFromThisMachine, isLoopbackAddress } from './cross-origin.ts';
import { addressKey, RateLimiter } from './rate-limiter.ts';
import { Repeatability } from './repeatability.ts';
import { maxParameterLength, routePath } from './route-path.ts';

test('routes keep the verb apart from identifiers that hold colons', async () => {
  const http = fastify({ routerOptions: { maxParamLength: maxParameterLength } });
  let routes = 0;
  for (const [id, { method, path }] of Object.entries(operations)) {
    http.route({ method, url: routePath(path), handler: async (request) => ({ id, params: request.params }) });
    routes += 1;
  }
  assert.ok(routes >= 28);
  const rawId = `8:acs:${'x'.repeat(200)}_a:mute:remove`;
  for (const written of [rawId, encodeURIComponent(rawId)]) {
    for (const [verb, id] of [['remove', 'removeParticipant'], ['mute', 'muteParticipant']]) {
      const { body } = await http.inject({ method: 'POST', url: `/v1/calls/c1/participants/${written}:${verb}` });
      assert.deepEqual(JSON.parse(body), { id, params: { callId: 'c1', rawId } });
    }
  }
  for (const [url, id] of [['/v1/calls/c1:accept', 'acceptCall'], ['/v1/calls:join', 'joinCall'], ['/v1/calls', 'startCall'], ['/v1/calls/c1/participants:mute', 'muteOthers'], ['/v1/calls/c1/media/m1:report', 'reportMedia']]) {
    assert.equal(JSON.parse((await http.inject({ method: 'POST', url: url ?? '' })).body).id, id);
  }
  assert.equal((await http.inject({ method: 'POST', url: '/v1/calls/c1:nonsense' })).statusCode, 404);
});

test('a bucket is refilled with time, and forgets who was not seen longest', () => {
  const clock = new TestClock();
  const limiter = new RateLimiter({ perSecond: 2, burst: 3 }, clock, 2);
  assert.deepEqual([1, 2, 3, 4].map(() => limiter.take('a')), [0, 0, 0, 1]);
  clock.turn(500);
  assert.deepEqual([limiter.take('a'), limiter.take('a')], [0, 1]);
  limiter.take('b');
  limiter.take('c');
  assert.equal(limiter.take('a'), 0);
});

test('IPv6 addresses of one network share a bucket', () => {
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), addressKey('2001:db8:1:2::9'));
  assert.notEqual(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:3::1'));
  assert.equal(addressKey('::1'), '0:0:0:0::/64');
  assert.equal(addressKey('10.0.0.1'), '10.0.0.1');
  assert.equal(addressKey('::ffff:10.0.0.1'), '::ffff:10.0.0.1');
});

test('answers are remembered for a while, failures that may pass are not', async () => {
  const clock = new TestClock();
  const memory = new Repeatability(clock, { maxAnswers: 2, maxCharacters: 100, lifetimeMs: 1000 });
  let times = 0;
  const command = async (): Promise<{ status: number; text: string }> => {
    times += 1;
    return { status: 200, text: String(times) };
  };
  assert.deepEqual([await memory.perform('k', 'd', command), await memory.perform('k', 'd', command)], [{ status: 200, text: '1' }, { status: 200, text: '1' }]);
  assert.throws(() => memory.perform('k', 'other', command), { code: 'REQUEST_ID_REUSED' });
  clock.turn(1001);
  assert.equal((await memory.perform('k', 'd', command)).text, '2');
  await memory.perform('l', 'd', async () => ({ status: 200, text: 'x'.repeat(200) }));
  assert.equal((await memory.perform('k', 'd', command)).text, '3', 'too much to remember');
  await assert.rejects(memory.perform('m', 'd', () => Promise.reject(new Error('passes'))));
  assert.equal((await memory.perform('m', 'd', command)).text, '4');
});

test('who is at this machine: by the socket; headers only take trust away', () => {
  const from = (remoteAddress: string, headers: Record<string, string> = {}): boolean => isFromThisMachine({ raw: { socket: { remoteAddress } }, headers } as unknown as FastifyRequest);
  assert.equal(from('127.0.0.1'), true);
  assert.equal(from('::ffff:127.0.0.1'), true);
  assert.equal(from('192.168.1.2', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }), false);
  assert.equal(from('127.0.0.1', { 'x-forwarded-for': '1.2.3.4' }), false);
  assert.equal(from('127.0.0.1', { forwarded: 'for=1.2.3.4' }), false);
  assert.equal(from('127.0.0.1', { origin: 'http://localhost:5173' }), true);
  assert.equal(from('127.0.0.1', { origin: 'https://[::1]:8443' }), true);
  assert.equal(from('127.0.0.1', { origin: 'https://evil.example', host: 'evil.example' }), false);
  assert.equal(from('127.0.0.1', { origin: 'https://localhost.evil.example' }), false);
  assert.equal(from('127.0.0.1', { origin: 'null' }), false);
  assert.equal(isLoopbackAddress('127.0.0.1.evil'), false);
});

test('preflight and origins: any by default, else those the resource lists', async () => {
  await using server = await TestServer.start();
  const preflight = (origin: string): Promise<Response> =>
    fetch(`${server.url}/v1/calls/x:accept`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization', 'access-control-request-private-network': 'true' } });
  const any = await preflight('https://app.example');
  assert.equal(any.status, 204);
  assert.equal(any.headers.get('access-control-allow-origin'), '*');
  assert.match(any.headers.get('access-control-allow-headers') ?? '', /authorization.*last-event-id.*repeatability-request-id/);
  assert.equal(any.headers.get('access-control-allow-private-network'), 'true');
  const answer = await fetch(`${server.url}/v1/calls`, { headers: { origin: 'https://app.example' } });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get('access-control-allow-origin'), '*', 'errors can be read too');
  assert.match(answer.headers.get('access-control-expose-headers') ?? '', /retry-after/);

  const { default: resource } = server.identity.resources;
  await server.identity.resources.setAllowedOrigins(resource.id, ['https://app.example']);
  assert.equal((await preflight('https://app.example')).headers.get('access-control-allow-origin'), 'https://app.example');
  assert.equal((await preflight('https://evil.example')).status, 403);
  assert.equal((await fetch(`${server.url}/v1/server`, { headers: { origin: server.url } })).status, 200);
});

test('sign-in: at this machine without a link, elsewhere never, with a code once', async () => {
  await using server = await TestServer.start();
  const here = await ask(server.url, 'signIn', { body: { displayName: ' Olga ' } });
  assert.equal(here.status, 200);
  assert.equal(here.body.displayName, 'Olga');
  assert.equal((await ask(server.url, 'getServerInfo')).body.developmentSignIn, true);
  const elsewhere = await ask(server.url, 'signIn', { headers: { origin: 'https://evil.example' }, body: { displayName: 'Eve' } });
  assert.deepEqual([elsewhere.status, elsewhere.body.error?.code], [403, 'SIGN_IN_REFUSED']);
  assert.equal((await ask(server.url, 'getServerInfo', { headers: { origin: 'https://evil.example' } })).body.developmentSignIn, false);

  const link = await ask(server.url, 'createSignInLink', { token: here.body.operatorToken ?? '', body: {} });
  assert.equal(link.status, 201);
  assert.ok(link.body.url.includes(link.body.code));
  const redeem = (displayName = 'Bob'): ReturnType<typeof ask<'signIn'>> =>
    ask(server.url, 'signIn', { headers: { origin: 'https://evil.example' }, body: { displayName, code: link.body.code } });
  const refusals = [await redeem(' '), await redeem('olga')];
  assert.deepEqual(refusals.map(({ status, body }) => [status, body.error?.code, body.error?.target]), [[400, 'REQUEST_INVALID', 'body.displayName'], [409, 'SIGN_IN_NAME_TAKEN', 'body.displayName']]);
  const bob = await redeem();
  assert.deepEqual([bob.status, bob.body.operatorToken], [200, undefined]);
  assert.deepEqual([(await redeem()).status], [403]);
  assert.equal((await ask(server.url, 'signIn', { body: { displayName: '  ' } })).status, 400);

  const directory = await ask(server.url, 'listDirectory', { token: bob.body.accessToken, query: { query: 'o' } });
  assert.deepEqual(directory.body.value.map(({ displayName, isOnline }) => [displayName, isOnline]), [['Bob', false], ['Olga', false]]);
});

test('request ids are echoed, and the OpenAPI document describes every operation', async () => {
  await using server = await TestServer.start();
  const response = await fetch(`${server.url}/v1/server`, { headers: { 'x-ms-client-request-id': 'mine' } });
  assert.equal(response.headers.get('x-ms-request-id'), 'mine');
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, Record<string, { operationId: string }>> };
  const described = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  assert.deepEqual(described.sort(), Object.keys(operations).sort());
});
