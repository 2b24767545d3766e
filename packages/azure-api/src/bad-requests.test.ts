import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { type TestContext, test } from 'node:test';
import { startTestServer, signatureHeaders, type SignOptions, type TestServer } from './test-server.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { readonly error?: { readonly code: string; readonly message: string; readonly target?: string; readonly innererror: { readonly code: string } } };
}

/** Sends exactly these bytes and headers: `fetch` would not let us choose Host, nor send the path as it is. */
function send(server: TestServer, options: { readonly method: string; readonly target: string; readonly headers: Record<string, string>; readonly body?: string | Buffer }): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = httpRequest(server.endpoint, { method: options.method, path: options.target, headers: options.headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) }));
  });
  outgoing.on('error', reject);
  outgoing.end(options.body);
  return promise;
}

const target = '/identities?api-version=2023-10-01';

function signed(server: TestServer, options: Partial<SignOptions> = {}): Record<string, string> {
  const key = server.identity.resources.accessKeys(server.resourceId)[0].key;
  return { 'content-type': 'application/json', ...signatureHeaders({ method: 'POST', target, key, host: new URL(server.endpoint).host, ...options }) };
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}

async function refuses(answer: Promise<Answer>, status: number, azureCode: string, code: string, message: RegExp): Promise<Answer> {
  const { headers, body, ...rest } = await answer;
  assert.deepEqual([rest.status, body.error?.code, body.error?.innererror.code], [status, azureCode, code], JSON.stringify(body));
  assert.match(body.error?.message ?? '', message);
  assert.equal(headers['x-ms-error-code'], azureCode);
  assert.match(String(headers['x-ms-request-id']), /^[0-9a-f-]{36}$/);
  if (status === 401) assert.equal(headers['www-authenticate'], 'HMAC-SHA256');
  return { headers, body, ...rest };
}

test('a request that is signed badly says what is wrong with it', async (t) => {
  const server = await startTestServer(t);
  const post = (headers: Record<string, string>, body = ''): Promise<Answer> => send(server, { method: 'POST', target, headers, body });
  const good = signed(server);
  assert.equal((await post(good)).status, 201);
  assert.equal((await post(good)).status, 201, 'a retry sends the same bytes');

  await refuses(post(without(good, 'authorization')), 401, 'Unauthorized', 'AUTHORIZATION_MISSING', /not signed/);
  await refuses(post({ ...good, authorization: 'Bearer eyJhbGciOiJub25lIn0' }), 401, 'Unauthorized', 'ENTRA_UNSUPPORTED', /Entra/);
  await refuses(post({ ...good, authorization: 'HMAC-SHA256 Signature=abc' }), 401, 'Unauthorized', 'AUTHORIZATION_MALFORMED', /form/);
  await refuses(post({ ...good, authorization: String(good['authorization']).replace('host;', '') }), 401, 'Unauthorized', 'AUTHORIZATION_MALFORMED', /form/);
  await refuses(post(without(good, 'x-ms-date')), 401, 'Unauthorized', 'HEADER_MISSING', /x-ms-date/);
  await refuses(post(without(good, 'x-ms-content-sha256')), 401, 'Unauthorized', 'HEADER_MISSING', /x-ms-content-sha256/);
  await refuses(post({ ...good, 'x-ms-date': 'yesterday' }), 401, 'Unauthorized', 'DATE_MALFORMED', /RFC 1123/);
  await refuses(post(signed(server, { key: Buffer.alloc(32).toString('base64') })), 401, 'Unauthorized', 'SIGNATURE_MISMATCH', /access key/);
  await refuses(post(signed(server, { signedTarget: '/identities?api-version=2023-10-02' })), 401, 'Unauthorized', 'SIGNATURE_MISMATCH', /path or query/);
  await refuses(post(signed(server, { host: '127.0.0.1' })), 401, 'Unauthorized', 'SIGNATURE_MISMATCH', /host 127\.0\.0\.1:\d+/);
  await refuses(post(signed(server, { method: 'DELETE' })), 401, 'Unauthorized', 'SIGNATURE_MISMATCH', /does not match/);
  await refuses(post(good, '{"createTokenWithScopes":["voip"]}'), 401, 'Unauthorized', 'CONTENT_HASH_MISMATCH', /changed it/);
  assert.doesNotMatch(server.logLines.join(''), /Signature=[A-Za-z0-9+/]{8}/);
});

test('a date outside the window is refused on both sides of it, inside it is not', async (t) => {
  const now = Date.parse('2026-11-22T10:02:36Z');
  const server = await startTestServer(t, { now: () => now, clockWindowMinutes: 5 });
  const at = (minutes: number): Promise<Answer> => send(server, { method: 'POST', target, headers: signed(server, { date: new Date(now + minutes * 60_000).toUTCString() }) });
  for (const minutes of [-6, 6]) await refuses(at(minutes), 401, 'Unauthorized', 'DATE_OUTSIDE_WINDOW', /the time here is Sun, 22 Nov 2026 10:02:36 GMT, 5 minutes/);
  for (const minutes of [-5, 0, 5]) assert.equal((await at(minutes)).status, 201);
});

test('paths are verified as they were sent and as the JavaScript client re-serialises them', async (t) => {
  const server = await startTestServer(t);
  const identifier = await server.identity.createUser({ resourceId: server.resourceId });
  const body = '{"scopes":["voip"]}';
  const issue = async (path: string, signedPath = path): Promise<number> =>
    (await send(server, { method: 'POST', target: path, headers: signed(server, { target: path, signedTarget: signedPath, body }), body })).status;
  const encoded = encodeURIComponent(identifier);
  assert.equal(await issue(`/identities/${encoded}/:issueAccessToken?api-version=2023-10-01`), 200);
  assert.equal(await issue(`/identities/${identifier}/:issueAccessToken?api-version=2023-10-01`), 200);
  const spaced = `/identities/${encoded}/:issueAccessToken?api-version=2023-10-01&note=a:b%20c`;
  assert.equal(await issue(spaced), 200);
  assert.equal(await issue(spaced, spaced.replace('a:b%20c', 'a%3Ab+c')), 200);
  assert.equal(await issue(spaced, spaced.replace('a:b%20c', 'a%3Ab%2Bc')), 401);
});

test('versions, bodies and hosts that cannot be served are refused with a reason', async (t) => {
  const server = await startTestServer(t);
  const post = (path: string, body: string | Buffer, headers = signed(server, { target: path, body: body as string })): Promise<Answer> => send(server, { method: 'POST', target: path, headers, body });
  await refuses(post('/identities', ''), 400, 'MissingApiVersionParameter', 'API_VERSION_MISSING', /api-version/);
  for (const version of ['garbage', '2019-01-01', '2023-10-01&api-version=2023-10-01']) {
    await refuses(post(`/identities?api-version=${version}`, ''), 400, 'UnsupportedApiVersion', 'API_VERSION_UNSUPPORTED', /2021-03-07/);
  }
  for (const version of ['2021-03-07', '2026-03-12', '2025-03-02-preview']) assert.equal((await post(`/identities?api-version=${version}`, '')).status, 201);
  for (const body of ['{', '[]', 'null', '"text"', Buffer.from([0x7b, 0xff, 0x7d])]) await refuses(post(target, body), 400, 'BadRequest', 'BODY_MALFORMED', /JSON object/);
  await refuses(post(target, '{"createTokenWithScopes":"voip"}'), 400, 'BadRequest', 'SCOPES_INVALID', /list of/);
  await refuses(post(target, '{"createTokenWithScopes":["voip"],"expiresInMinutes":"60"}'), 400, 'BadRequest', 'LIFETIME_INVALID', /it is "60"/);
  assert.equal((await post(target, '{"createTokenWithScopes":["voip"],"somethingNew":{"a":1}}')).status, 201);
  await refuses(post(target, `{"x":"${'y'.repeat(70_000)}"}`), 413, 'RequestBodyTooLarge', 'BODY_TOO_LARGE', /65536 bytes/);
  assert.equal((await post(target, '{}', without(signed(server, { body: '{}' }), 'content-type'))).status, 201);
});

test('a host that no resource has is refused, and resources do not see each other', async (t: TestContext) => {
  const server = await startTestServer(t);
  const other = await server.identity.resources.create({ name: 'other', hosts: ['other.test:9'], allowedOrigins: [] });
  const otherKey = server.identity.resources.accessKeys(other.id)[0].key;
  const identifier = await server.identity.createUser({ resourceId: server.resourceId });
  const path = `/identities/${encodeURIComponent(identifier)}?api-version=2023-10-01`;
  const asOther = { ...signed(server, { method: 'DELETE', target: path, host: 'other.test:9', key: otherKey }), host: 'other.test:9' };
  await refuses(send(server, { method: 'DELETE', target: path, headers: asOther }), 404, 'IdentityNotFound', 'USER_NOT_FOUND', /another resource/);
  const withKeyOfOther = { ...signed(server, { method: 'DELETE', target: path, key: otherKey }) };
  await refuses(send(server, { method: 'DELETE', target: path, headers: withKeyOfOther }), 401, 'Unauthorized', 'SIGNATURE_MISMATCH', /does not match/);
  assert.equal(await server.identity.userExists(identifier), true);
});

test('each resource and kind of request has its own limit, and the answer says when to come back', async (t) => {
  const clock = { now: Date.parse('2026-11-22T10:02:36Z') };
  const server = await startTestServer(t, { now: () => clock.now, rateLimits: { issue: { requests: 2, windowSeconds: 30 } } });
  const other = await server.identity.resources.create({ name: 'other', hosts: ['other.test'], allowedOrigins: [] });
  const date = new Date(clock.now).toUTCString();
  const create = (): Promise<Answer> => send(server, { method: 'POST', target, headers: signed(server, { date }) });
  assert.deepEqual([(await create()).status, (await create()).status], [201, 201]);
  clock.now += 10_000;
  const { headers } = await refuses(create(), 429, 'TooManyRequests', 'RATE_LIMITED', /Retry-After/);
  assert.equal(headers['retry-after'], '20');
  const otherKey = server.identity.resources.accessKeys(other.id)[0].key;
  const byOther = { ...signed(server, { date, host: 'other.test', key: otherKey }), host: 'other.test' };
  assert.equal((await send(server, { method: 'POST', target, headers: byOther })).status, 201);
  const path = '/teamsUser/:exchangeAccessToken?api-version=2023-10-01';
  await refuses(send(server, { method: 'POST', target: path, headers: signed(server, { date, target: path }) }), 501, 'NotImplemented', 'TEAMS_UNSUPPORTED', /Teams/);
  clock.now += 20_000;
  assert.equal((await create()).status, 201);
});

test('Microsoft Entra exchanges are refused in words', async (t) => {
  const server = await startTestServer(t);
  const path = '/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview';
  await refuses(send(server, { method: 'POST', target: path, headers: { authorization: 'Bearer x', 'content-type': 'application/json' }, body: '{}' }), 401, 'Unauthorized', 'ENTRA_UNSUPPORTED', /connection string/);
});

test('the plugin leaves routes beside it alone', async (t) => {
  const server = await startTestServer(t);
  const answer = await send(server, { method: 'POST', target: '/beside', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
  assert.deepEqual(answer.body, { parsed: { a: 1 } });
  assert.equal(answer.headers['x-ms-request-id'], undefined);
});
