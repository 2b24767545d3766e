import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { operations, type SignInResponse } from '@dialplane/calling-api';
import { freePort } from '@dialplane/testing';
import { issueAuthority, issueServerCertificate } from './certificates/issue-certificate.ts';
import { startTestServer, temporaryFolder } from './test-server.ts';

const run = promisify(execFile);

interface Http2Answer { readonly headers: IncomingHttpHeaders; readonly body: string }

async function overHttp2(session: ClientHttp2Session, headers: Record<string, string>, body?: object): Promise<Http2Answer> {
  const stream = session.request({ ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
  stream.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return { headers: answer, body: text };
}

async function signIn(httpUrl: string, displayName: string): Promise<SignInResponse> {
  const response = await fetch(`${httpUrl}${operations.signIn.path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ displayName }) });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as SignInResponse;
}

test('the same routes answer over HTTP/2, HTTP/1.1 and plain HTTP, and curl trusts the CA', async (t) => {
  const server = await startTestServer(t);
  const authority = String(server.certificateAuthorityFile);
  for (const [words, expected] of [[['--http2', server.httpsUrl], '2'], [['--http1.1', server.httpsUrl], '1.1'], [[server.httpUrl], '1.1']] as const) {
    const url = String(words.at(-1));
    const { stdout } = await run('curl', ['--silent', '--show-error', '--cacert', authority, '--write-out', '\n%{http_version} %{http_code}', ...words.slice(0, -1), `${url}/v1/server`]);
    const [body = '', version] = stdout.split('\n');
    assert.equal(version, `${expected} 200`);
    const info = JSON.parse(body) as { developmentSignIn: boolean; certificateAuthority: string };
    assert.equal(info.developmentSignIn, true, 'curl is on this machine');
    assert.equal(await (await fetch(server.httpUrl + info.certificateAuthority)).text(), await readFile(authority, 'utf8').then((text) => text.trim()));
  }
});

test('an event stream and commands run over one HTTP/2 session', async (t) => {
  const server = await startTestServer(t);
  const session = connectHttp2(server.httpsUrl, { ca: await readFile(String(server.certificateAuthorityFile)) });
  t.after(() => session.destroy());
  const signedIn = JSON.parse((await overHttp2(session, { ':method': 'POST', ':path': '/v1/sign-in' }, { displayName: 'Ada' })).body) as SignInResponse;
  const authorization = `Bearer ${signedIn.accessToken}`;
  const registered = await overHttp2(session, { ':method': 'POST', ':path': '/v1/endpoints', authorization }, {});
  assert.equal(registered.headers[':status'], 201, registered.body);
  const { endpointId } = JSON.parse(registered.body) as { endpointId: string };
  const stream = session.request({ ':path': `/v1/endpoints/${endpointId}/events`, authorization, accept: 'text/event-stream' });
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  assert.equal(headers[':status'], 200);
  assert.match(String(headers['content-type']), /^text\/event-stream/);
  const [first] = (await once(stream, 'data')) as [Buffer];
  assert.match(String(first), /^(?:id|event|data|:|retry)/m);

  const ended = once(stream.resume(), 'close');
  await server.close();
  await ended;
});

test('health, readiness, keys and metrics', async (t) => {
  const server = await startTestServer(t);
  const status = async (path: string, headers: Record<string, string> = {}): Promise<number> => (await fetch(server.httpUrl + path, { headers })).status;
  assert.equal(await status('/healthz'), 200);
  assert.equal(await status('/readyz'), 200);
  assert.match(await (await fetch(`${server.httpUrl}/metrics`)).text(), /^dialplane_/m);
  const { keys } = (await (await fetch(`${server.httpUrl}/.well-known/jwks.json`)).json()) as { keys: object[] };
  assert.equal(keys.length, 1);
  assert.ok(!('d' in (keys[0] ?? {})), 'no private key');
  const discovery = (await (await fetch(`${server.httpUrl}/.well-known/openid-configuration`)).json()) as { issuer: string };
  assert.equal(discovery.issuer, server.publicUrls[0]);

  const fromElsewhere = { 'x-forwarded-for': '192.0.2.99' };
  const { accessToken, operatorToken } = await signIn(server.httpUrl, 'Ada');
  assert.equal(await status('/metrics', fromElsewhere), 403);
  assert.equal(await status('/metrics', { ...fromElsewhere, authorization: `Bearer ${accessToken}` }), 403, 'a user is no operator');
  assert.equal(await status('/metrics', { ...fromElsewhere, authorization: `Bearer ${operatorToken}` }), 200);
});

test('security headers are on every answer, HSTS only with a certificate that browsers trust', async (t) => {
  const server = await startTestServer(t);
  for (const path of ['/', '/v1/server', '/nowhere', '/ca.crt']) {
    const { headers } = await fetch(server.httpUrl + path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.match(String(headers.get('content-security-policy')), /frame-ancestors 'none'/, path);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
  }
  const strictTransport = async (url: string, ca: string): Promise<unknown> => {
    const session = connectHttp2(url, { ca });
    const { headers } = await overHttp2(session, { ':path': '/healthz' });
    session.close();
    return headers['strict-transport-security'];
  };
  assert.equal(await strictTransport(server.httpsUrl, await readFile(String(server.certificateAuthorityFile), 'utf8')), undefined);

  const folder = await temporaryFolder(t);
  const authority = await issueAuthority('Company CA', Date.now());
  const pair = await issueServerCertificate(authority, { dnsNames: ['localhost', 'calls.example.com'], ipAddresses: [] }, Date.now());
  const files = { certFile: join(folder, 'chain.pem'), keyFile: join(folder, 'key.pem') };
  await writeFile(files.certFile, pair.certificatePem);
  await writeFile(files.keyFile, pair.privateKeyPem);
  const trusted = await startTestServer(t, files);
  assert.match(String(await strictTransport(trusted.httpsUrl, authority.certificatePem)), /^max-age=/);
  assert.match(String(trusted.publicUrls[0]), /^https:\/\/localhost:/, 'the first name in the certificate');
  assert.equal(trusted.certificateAuthorityFile, undefined);
  assert.equal((await fetch(`${trusted.httpUrl}/ca.crt`)).status, 404, 'there is no CA of ours to trust');

  const next = await issueServerCertificate(authority, { dnsNames: ['localhost', 'next.example.com'], ipAddresses: [] }, Date.now());
  await writeFile(files.certFile, next.certificatePem);
  await writeFile(files.keyFile, next.privateKeyPem);
  await trusted.reloadCertificates();
  const session = connectHttp2(trusted.httpsUrl, { ca: authority.certificatePem, checkServerIdentity: (_host, { subjectaltname }) => (subjectaltname?.includes('next.example.com') === true ? undefined : new Error(subjectaltname)) });
  assert.equal((await overHttp2(session, { ':path': '/healthz' })).headers[':status'], 200);
  session.close();
});

test('what is unknown is an ErrorResponse', async (t) => {
  const server = await startTestServer(t);
  for (const path of ['/v1/unknown', '/unknown', '/sdk/none.tgz', '/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/../../package.json']) {
    const response = await fetch(server.httpUrl + path);
    assert.equal(response.status, 404, path);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'ROUTE_NOT_FOUND', path);
  }
  const tooLarge = await fetch(`${server.httpUrl}/v1/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `"${'x'.repeat(10_000_000)}"` }).catch(() => undefined);
  assert.ok(tooLarge === undefined || tooLarge.status === 413);
  assert.equal((await fetch(`${server.httpUrl}/healthz`)).status, 200, 'and the server is as it was');
});

test('commands on this machine reach it with the key of its control file, and nobody else', async (t) => {
  const server = await startTestServer(t);
  const { url, key } = JSON.parse(await readFile(join(server.dataDir, 'control.json'), 'utf8')) as { url: string; key: string };
  const ask = async (headers: Record<string, string>): Promise<number> => (await fetch(`${url}/control/sign-in-links`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"operator":true}' })).status;
  assert.equal(await ask({ authorization: `Bearer ${key}` }), 200);
  assert.equal(await ask({}), 401);
  assert.equal(await ask({ authorization: `Bearer ${key.slice(1)}` }), 401);
  assert.equal(await ask({ authorization: `Bearer ${key}`, 'x-forwarded-for': '192.0.2.99' }), 401);
  assert.equal(await ask({ authorization: `Bearer ${(await signIn(server.httpUrl, 'Ada')).operatorToken}` }), 401);
});

test('a sign-in link works once, and from elsewhere', async (t) => {
  const server = await startTestServer(t, { developmentSignIn: false });
  const link = new URL(await server.createSignInLink());
  assert.equal(link.origin, server.publicUrls[0]);
  const code = new URLSearchParams(link.hash.split('?')[1]).get('code');
  const redeem = (body: object): Promise<Response> => fetch(`${server.httpUrl}/v1/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal((await redeem({ displayName: 'Ada' })).status, 403, 'development sign-in is off');
  const signedIn = await redeem({ displayName: 'Ada', code });
  assert.equal(signedIn.status, 200);
  assert.ok('operatorToken' in ((await signedIn.json()) as object));
  assert.equal((await redeem({ displayName: 'Eve', code })).status, 403);
});

test('a second server is refused the data folder, and a start that fails leaves nothing open', async (t) => {
  const server = await startTestServer(t);
  await assert.rejects(startTestServer(t, { dataDir: server.dataDir }), { code: 'DATA_DIR_IN_USE' });
  const folder = await temporaryFolder(t);
  const port = await freePort();
  const blocker = createTcpServer().listen(port);
  await once(blocker, 'listening');
  await assert.rejects(startTestServer(t, { dataDir: join(folder, 'data'), httpsPort: port }), { code: 'PORT_IN_USE' });
  await assert.rejects(startTestServer(t, { dataDir: join(folder, 'data'), httpPort: port }), { code: 'PORT_IN_USE' });
  blocker.close();
  await once(blocker, 'close');
  await startTestServer(t, { dataDir: join(folder, 'data'), httpsPort: port });

  await writeFile(join(folder, 'file'), '');
  await assert.rejects(startTestServer(t, { dataDir: join(folder, 'file', 'data') }), { code: 'DATA_DIR_UNUSABLE' });
});

test('music that cannot be played keeps a server from starting, and says why', async (t) => {
  const file = join(await temporaryFolder(t), 'music.wav');
  await writeFile(file, 'no music');
  await assert.rejects(startTestServer(t, { holdMusicFile: file }), { code: 'HOLD_MUSIC_UNUSABLE', message: `--hold-music ${file} is not played: It is not a WAV file. Give a WAV file of 8 to 48 kHz with one or two channels.` });
});

test('closing lets a request finish, ends who dawdles at the deadline, and frees everything', async (t) => {
  const server = await startTestServer(t);
  const { port } = new URL(server.httpUrl);
  const body = JSON.stringify({ displayName: 'Ada' });
  const slow = requestHttp(`${server.httpUrl}/v1/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': body.length } });
  slow.write(body.slice(0, 5));
  const dawdler = connectTcp(Number(port), new URL(server.httpUrl).hostname);
  await once(dawdler, 'connect');
  dawdler.write('POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
  const dawdlerEnded = once(dawdler.on('error', () => undefined), 'close');
  // Both have arrived once a request sent after them is answered.
  await fetch(`${server.httpUrl}/healthz`);

  const closed = server.close(500);
  slow.end(body.slice(5));
  const [response] = (await once(slow, 'response')) as [IncomingMessage];
  response.resume();
  assert.ok([200, 503].includes(response.statusCode ?? 0), `${response.statusCode}`);
  await Promise.all([closed, dawdlerEnded]);
  assert.ok(!existsSync(join(server.dataDir, 'control.json')));
  await assert.rejects(fetch(`${server.httpUrl}/healthz`));
  await startTestServer(t, { dataDir: server.dataDir });
});
