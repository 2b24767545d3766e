import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DigestClient, noBody, responseTo, SipHeaders, type SipRequest, type SipResponse, writeSipMessage } from '@dialplane/sip';
import { absenceOf, loadKernel, nodeRandomness, nodeSipCrypto } from '@dialplane/kernels';
import { openStore } from '@dialplane/store';
import { freePort, skipWithout } from '@dialplane/testing';
import { startTestEdge } from './test-edge.ts';
import { openTcp, openUdp, requestText, type TestSipSocket } from './test-sip-socket.ts';

test('a trunk calls: the user agents get the request with who it is from, and the dialog goes this way', async (t) => {
  const { edge, directory, delivered } = await startTestEdge(t);
  const { port } = edge.status();
  const carrier = await openUdp(t, port);
  directory.trunks.set(`127.0.0.1:${carrier.port}`, 'acme');
  edge.link.onMessage((message) => {
    if (message.kind !== 'request' || message.method === 'ACK') return;
    const answer = responseTo(message, 200, { toTag: 'ua1', headers: [['Contact', `<${edge.link.contactOf('line1')}>`]] });
    if (message.method === 'INVITE') answer.headers.addFrom(message.headers, 'Record-Route');
    edge.link.send(answer);
  });
  carrier.send(requestText('INVITE', `sip:+15550100@127.0.0.1:${port}`, { port: carrier.port }));
  const ok = await carrier.nextResponse();
  assert.equal(ok.status, 200);
  assert.deepEqual(delivered.map(({ origin }) => origin), [{ kind: 'trunk', trunkId: 'acme' }]);
  const [route = ''] = ok.headers.all('Record-Route');
  assert.match(route, new RegExp(`^<sip:[\\w-]+\\.[\\w-]{16}@127\\.0\\.0\\.1:${port};lr>$`));

  // Inside the dialog it does not matter where the carrier sends from; a stranger that makes up a token gets nothing.
  const other = await openUdp(t, port);
  const inDialog = { 'Call-ID': ok.headers.first('Call-ID'), To: ok.headers.first('To'), From: ok.headers.first('From') };
  other.send(requestText('BYE', edge.link.contactOf('line1'), { port: other.port, more: { ...inDialog, CSeq: '2 BYE', Route: route } }));
  assert.equal((await other.nextResponse()).status, 200);
  assert.deepEqual(delivered.at(-1)?.origin, { kind: 'dialog' });
  const before = delivered.length;
  other.send(requestText('BYE', edge.link.contactOf('line1'), { port: other.port, more: { ...inDialog, 'Call-ID': 'another', CSeq: '3 BYE', Route: route } }));
  other.send(requestText('BYE', edge.link.contactOf('line1'), { port: other.port, more: { ...inDialog, CSeq: '4 BYE', Route: route } }));
  assert.equal((await other.nextResponse()).headers.first('CSeq'), '4 BYE', 'the other one was not answered');
  assert.equal(delivered.length, before + 1);
});

/** Without it there is `node:dgram`, which tells no ICMP errors. */
const withoutKernel = skipWithout(absenceOf(loadKernel('udp')));

test('the user agents call out: over UDP and TCP, with Record-Route, and hear of what cannot be reached', { skip: withoutKernel }, async (t) => {
  const { edge } = await startTestEdge(t);
  const { port } = edge.status();
  const carrier = await openUdp(t, port);
  const answers: SipResponse[] = [];
  const heard = new Promise<void>((resolve) => edge.link.onMessage((message) => {
    if (message.kind === 'response') answers.push(message);
    if (answers.length === 4) resolve();
  }));
  edge.link.send(uaRequest('INVITE', `sip:+15550100@127.0.0.1:${carrier.port}`, 'c1'), { trunkId: 'acme' });
  const invite = await carrier.nextRequest();
  assert.match(invite.headers.first('Record-Route') ?? '', new RegExp(`@127\\.0\\.0\\.1:${port};lr>$`));
  assert.match(invite.headers.first('Via') ?? '', new RegExp(`^SIP/2\\.0/UDP 127\\.0\\.0\\.1:${port};branch=`));
  carrier.send(Buffer.from(writeSipMessage(responseTo(invite, 486, { toTag: 'x', reason: 'Besetzt' }))).toString());
  assert.equal((await carrier.nextRequest()).method, 'ACK');
  // Who is there and says nothing is waited for as long as the sender wants.
  const deaf = await openUdp(t, port);
  edge.link.send(uaRequest('INVITE', `sip:+15550100@127.0.0.1:${deaf.port}`, 'c4'), { trunkId: 'acme', firstResponseMs: 50 });
  // Nobody is there: over TCP the connection is refused, over UDP an ICMP error says so.
  for (const [transport, callId] of [['tcp', 'c2'], ['udp', 'c3']] as const) edge.link.send(uaRequest('INVITE', `sip:+15550100@127.0.0.1:9;transport=${transport}`, callId), { trunkId: 'acme' });
  await heard;
  assert.deepEqual(answers.toSorted((a, b) => Number(a.status === 408) - Number(b.status === 408)).map(({ status, reason }) => [status, reason]), [[486, 'Besetzt'], [503, 'Service Unavailable'], [503, 'Service Unavailable'], [408, 'Request Timeout']]);
});

test('strangers: silence, or 403 where the operator wants it; scraps and floods are counted and cost no answer', async (t) => {
  const silent = await startTestEdge(t, { limits: { strangerRequestsPerSecond: 10 } });
  const loud = await startTestEdge(t, { strangers: 'refuse' });
  const scanner = await openUdp(t, silent.edge.status().port);
  for (let probe = 0; probe < 300; probe += 1) scanner.send(requestText('OPTIONS', 'sip:100@127.0.0.1', { port: scanner.port, more: { 'User-Agent': 'friendly-scanner' } }));
  scanner.send('\r\n\r\n');
  const asker = await openUdp(t, loud.edge.status().port);
  asker.send(requestText('INVITE', `sip:+15550100@127.0.0.1:${loud.edge.status().port}`, { port: asker.port }));
  assert.equal((await asker.nextResponse()).status, 403);
  const trunk = await openUdp(t, silent.edge.status().port);
  silent.directory.trunks.set(`127.0.0.1:${trunk.port}`, 'acme');
  trunk.send(requestText('OPTIONS', `sip:127.0.0.1:${silent.edge.status().port}`, { port: trunk.port }));
  assert.equal((await trunk.nextResponse()).status, 200, 'a trunk is answered meanwhile');
  assert.equal(scanner.unread, 0);
  const { body } = await silent.metrics.render();
  const counted = (name: string): number => Number(new RegExp(`^dialplane_${name} (\\d+)$`, 'm').exec(body)?.[1] ?? -1);
  assert.equal(counted('sip_requests_stranger_total') + counted('sip_requests_limited_total'), 300);
  assert.ok(counted('sip_requests_limited_total') >= 200, body);
  assert.equal(counted('sip_requests_scrap_total'), 1);
  assert.equal(silent.delivered.length + loud.delivered.length, 0);
});

test('a telephone registers with digest, is called, and calls; wrong and replayed credentials are challenged again', async (t) => {
  const { edge, directory, delivered } = await startTestEdge(t);
  directory.addDevice('bob', 'bobs-secret');
  const { port } = edge.status();
  const phone = await openUdp(t, port);
  const domain = `sip:127.0.0.1:${port}`;
  const digest = digestOf('bobs-secret');
  const more = { To: '<sip:bob@dialplane.test>', 'Call-ID': 'r1', Contact: `<sip:bob@127.0.0.1:${phone.port}>;expires=120` };
  phone.send(requestText('REGISTER', domain, { port: phone.port, user: 'bob', more }));
  const challenge = await phone.nextResponse();
  assert.equal(challenge.status, 401);
  assert.deepEqual(challenge.headers.all('WWW-Authenticate').map((value) => /algorithm=([\w-]+)/.exec(value)?.[1]), ['SHA-256', 'MD5']);
  const credentials = credentialsOf(digest);
  const signed = credentials({ method: 'REGISTER', uri: domain }, challenge);
  phone.send(requestText('REGISTER', domain, { port: phone.port, user: 'bob', more: { ...more, CSeq: '2 REGISTER', Authorization: signed } }));
  const registered = await phone.nextResponse();
  assert.equal(registered.status, 200);
  assert.deepEqual(registered.headers.all('Contact'), [`<sip:bob@127.0.0.1:${phone.port}>;expires=120`]);
  assert.deepEqual(edge.registrationsOf('bob').map(({ contact }) => contact), [`sip:bob@127.0.0.1:${phone.port}`]);
  phone.send(requestText('REGISTER', domain, { port: phone.port, user: 'bob', more: { ...more, CSeq: '3 REGISTER', Authorization: signed } }));
  const replayed = await phone.nextResponse();
  assert.equal(replayed.status, 401);
  assert.match(replayed.headers.first('WWW-Authenticate') ?? '', /stale=true/);
  phone.send(requestText('REGISTER', domain, { port: phone.port, user: 'bob', more: { ...more, CSeq: '4 REGISTER', Authorization: signed.replace(/response="./, 'response="z') } }));
  const wrong = await phone.nextResponse();
  assert.equal(wrong.status, 401);
  assert.doesNotMatch(wrong.headers.first('WWW-Authenticate') ?? '', /stale/);

  edge.link.send(uaRequest('INVITE', `sip:bob@127.0.0.1:${port}`, 'c3'));
  const invite = await phone.nextRequest();
  assert.equal(invite.uri, `sip:bob@127.0.0.1:${phone.port}`);
  phone.send(requestText('INVITE', `sip:+15550100@127.0.0.1:${port}`, { port: phone.port, user: 'bob', more: { 'Call-ID': 'p1' } }));
  const asked = await phone.nextResponse();
  assert.equal(asked.status, 407);
  const proxySigned = credentials({ method: 'INVITE', uri: `sip:+15550100@127.0.0.1:${port}` }, asked);
  const arrived = new Promise<void>((resolve) => edge.link.onMessage((message) => message.kind === 'request' && resolve()));
  phone.send(requestText('INVITE', `sip:+15550100@127.0.0.1:${port}`, { port: phone.port, user: 'bob', more: { 'Call-ID': 'p1', CSeq: '2 INVITE', 'Proxy-Authorization': proxySigned } }));
  await arrived;
  assert.deepEqual(delivered.at(-1)?.origin, { kind: 'user', identifier: '8:acs:test_bob', username: 'bob' });
  assert.equal(delivered.at(-1)?.message.headers.has('Proxy-Authorization'), false);
});

test('a telephone over TCP is reached by its connection, and gone with it', async (t) => {
  const { edge, directory } = await startTestEdge(t);
  directory.addDevice('bob', 'secret');
  const { port } = edge.status();
  const phone = await openTcp(t, port);
  const changes: string[] = [];
  const gone = new Promise<void>((resolve) => edge.onRegistration((username) => {
    changes.push(username);
    if (edge.registrationsOf(username).length === 0) resolve();
  }));
  await registerBob(phone, 'TCP', '<sip:bob@10.0.0.9:1;transport=tcp>');
  edge.link.send(uaRequest('INVITE', `sip:bob@127.0.0.1:${port}`, 'c4'));
  const invite = await phone.nextRequest();
  assert.equal(invite.uri, 'sip:bob@10.0.0.9:1;transport=tcp');
  assert.match(invite.headers.first('Record-Route') ?? '', /;transport=tcp;lr>$/);
  phone.end();
  await gone;
  assert.deepEqual(changes, ['bob', 'bob']);
});

test('an answer whose connection is gone opens another one to the port that the caller named', async (t) => {
  const { edge, directory } = await startTestEdge(t);
  const { port } = edge.status();
  directory.trunks.set('127.0.0.1', 'acme');
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.after(() => listener.close());
  const named = (listener.address() as AddressInfo).port;
  const invited = new Promise<SipRequest>((resolve) => edge.link.onMessage((message) => message.kind === 'request' && message.method === 'INVITE' && resolve(message)));
  const caller = await openTcp(t, port);
  caller.send(requestText('INVITE', `sip:+15550100@127.0.0.1:${port}`, { port: named, transport: 'TCP' }));
  const invite = await invited;
  caller.end();
  while (edge.status().connections > 0) await new Promise((resolve) => setImmediate(resolve));
  const accepted = once(listener, 'connection');
  edge.link.send(responseTo(invite, 200, { toTag: 'ua1', headers: [['Contact', `<${edge.link.contactOf('line1')}>`]] }));
  const [socket] = (await accepted) as [Socket];
  const answer = await (await openTcp(t, 0, socket)).nextResponse();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.first('Call-ID'), invite.headers.first('Call-ID'));
});

test('a telephone over UDP stays registered when the edge starts anew', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'dialplane-sip-'));
  const store = await openStore({ dataDir });
  t.after(async () => {
    await store.close();
    await rm(dataDir, { recursive: true });
  });
  const port = await freePort();
  const first = await startTestEdge(t, { store, port });
  first.directory.addDevice('bob', 'secret');
  const phone = await openUdp(t, port);
  await registerBob(phone, 'UDP', '<sip:bob@10.0.0.9:5060>');
  await first.edge.close();
  const second = await startTestEdge(t, { store, port });
  second.directory.addDevice('bob', 'secret');
  assert.equal(second.edge.registrationsOf('bob').length, 1);
  second.edge.link.send(uaRequest('INVITE', `sip:bob@127.0.0.1:${port}`, 'c5'));
  assert.equal((await phone.nextRequest()).uri, 'sip:bob@10.0.0.9:5060', 'by its flow, through its NAT');
});

test('a dialog goes on when the edge starts anew', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'dialplane-sip-'));
  const store = await openStore({ dataDir });
  t.after(async () => {
    await store.close();
    await rm(dataDir, { recursive: true });
  });
  const port = await freePort();
  const first = await startTestEdge(t, { store, port });
  const carrier = await openUdp(t, port);
  first.edge.link.send(uaRequest('INVITE', `sip:+15550100@127.0.0.1:${carrier.port}`, 'c6'));
  const [route] = (await carrier.nextRequest()).headers.all('Record-Route');
  await first.edge.close();
  const second = await startTestEdge(t, { store, port });
  const arrived = new Promise<void>((resolve) => second.edge.link.onMessage(() => resolve()));
  carrier.send(requestText('BYE', second.edge.link.contactOf('line1'), { port: carrier.port, more: { 'Call-ID': 'c6', Route: route } }));
  await arrived;
  assert.equal(second.delivered[0]?.message.kind === 'request' && second.delivered[0].message.method, 'BYE');
});

function digestOf(password: string): DigestClient {
  return new DigestClient({ crypto: nodeSipCrypto, randomness: nodeRandomness(), credentialsFor: () => ({ username: 'bob', password }) });
}

function credentialsOf(digest: DigestClient): (request: { readonly method: string; readonly uri: string }, response: SipResponse) => string {
  return (request, response) => {
    const asked: SipRequest = { kind: 'request', ...request, headers: new SipHeaders(), body: noBody };
    digest.handleChallenge(response, asked);
    digest.authorize(asked, asked.headers);
    return asked.headers.first('Authorization') ?? asked.headers.first('Proxy-Authorization') ?? '';
  };
}

async function registerBob(phone: TestSipSocket, transport: string, contact: string): Promise<void> {
  const uri = 'sip:dialplane.test';
  const send = (cSeq: number, authorization?: string): void =>
    phone.send(requestText('REGISTER', uri, { port: phone.port, user: 'bob', transport, more: { To: '<sip:bob@dialplane.test>', 'Call-ID': 'r1', CSeq: `${cSeq} REGISTER`, Authorization: authorization, Contact: contact } }));
  send(1);
  send(2, credentialsOf(digestOf('secret'))({ method: 'REGISTER', uri }, await phone.nextResponse()));
  assert.equal((await phone.nextResponse()).status, 200);
}

function uaRequest(method: string, uri: string, callId: string): SipRequest {
  return {
    kind: 'request', method, uri, body: noBody,
    headers: SipHeaders.of(['Via', `SIP/2.0/TCP telephony.invalid;branch=z9hG4bK${callId}`], ['Max-Forwards', '70'], ['From', '<sip:+15550111@dialplane.test>;tag=ua'], ['To', `<${uri}>`], ['Call-ID', callId], ['CSeq', `1 ${method}`], ['Contact', '<sip:line1@127.0.0.1>']),
  };
}
