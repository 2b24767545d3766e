import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect, createServer } from 'node:tls';
import { noBody, SipHeaders, type SipRequest } from '@dialplane/sip';
import type { SipCertificate, SipEdgeOptions } from './sip-edge-options.ts';
import { TestAuthority } from './test-certificates.ts';
import { startTestEdge } from './test-edge.ts';
import { openTcp, requestText, type TestSipSocket } from './test-sip-socket.ts';

test('a trunk is known by the name in its certificate, where a trusted authority has signed it; others are strangers', async (t) => {
  const authority = await authorityOf(t);
  const { edge, directory, delivered } = await startTlsEdge(t, authority);
  directory.trunks.set('sbc.example.com', 'acme');
  const { port } = edge.status();
  const sbc = await openTls(t, edge.status().tlsPort, authority, authority.issue('DNS:sbc.example.com'));
  const arrived = new Promise<void>((resolve) => edge.link.onMessage(() => resolve()));
  sbc.send(requestText('INVITE', `sip:+15550100@127.0.0.1:${port}`, { port: sbc.port, transport: 'TLS' }));
  await arrived;
  assert.deepEqual(delivered.map(({ origin }) => origin), [{ kind: 'trunk', trunkId: 'acme' }]);
  const impostor = await openTls(t, edge.status().tlsPort, authority, (await authorityOf(t)).issue('DNS:sbc.example.com'));
  impostor.send(requestText('OPTIONS', `sip:127.0.0.1:${port}`, { port: impostor.port, transport: 'TLS' }));
  const nobody = await openTls(t, edge.status().tlsPort, authority, undefined);
  nobody.send(requestText('OPTIONS', `sip:127.0.0.1:${port}`, { port: nobody.port, transport: 'TLS' }));
  sbc.send(requestText('OPTIONS', `sip:127.0.0.1:${port}`, { port: sbc.port, transport: 'TLS' }));
  assert.equal((await sbc.nextResponse()).status, 200);
  assert.deepEqual([impostor.unread, nobody.unread], [0, 0]);
});

test('a new certificate is shown to the next connection, and those that exist go on', async (t) => {
  const authority = await authorityOf(t);
  let current = authority.issue('IP:127.0.0.1');
  const { edge, directory } = await startTlsEdge(t, authority, { certificate: () => current });
  directory.trunks.set('127.0.0.1', 'acme');
  const before = await openTls(t, edge.status().tlsPort, authority, undefined);
  current = authority.issue('IP:127.0.0.1,DNS:new.example.com');
  const socket = connect({ port: edge.status().tlsPort ?? 0, host: '127.0.0.1', ca: authority.certificatePem });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  assert.match(socket.getPeerCertificate().subjectaltname ?? '', /new\.example\.com/);
  before.send(requestText('OPTIONS', `sip:127.0.0.1:${edge.status().port}`, { port: before.port, transport: 'TLS' }));
  assert.equal((await before.nextResponse()).status, 200);
});

test('towards a carrier the certificate has to be for its name; one connection serves both ways', async (t) => {
  const authority = await authorityOf(t);
  const { edge } = await startTlsEdge(t, authority);
  const statuses: number[] = [];
  edge.link.onMessage((message) => message.kind === 'response' && statuses.push(message.status));
  const right = await listenTls(t, authority.issue('DNS:localhost'));
  const wrong = await listenTls(t, authority.issue('DNS:elsewhere.example.com'));
  edge.link.send(invite(`sip:+15550100@localhost:${wrong.port};transport=tls`, 'c1'));
  edge.link.send(invite(`sip:+15550100@localhost:${right.port};transport=tls`, 'c2'));
  const carrier = await right.accepted;
  const received = await carrier.nextRequest();
  assert.equal(received.headers.first('Call-ID'), 'c2');
  assert.match(received.headers.first('Via') ?? '', new RegExp(`^SIP/2\\.0/TLS 127\\.0\\.0\\.1:${edge.status().tlsPort};branch=`));
  assert.match(received.headers.first('Record-Route') ?? '', /;transport=tls;lr>$/);
  edge.link.send(invite(`sip:+15550199@localhost:${right.port};transport=tls`, 'c3'));
  assert.equal((await carrier.nextRequest()).headers.first('Call-ID'), 'c3', 'over the same connection');
  while (!statuses.includes(503)) await new Promise<void>((resolve) => edge.link.onMessage(() => resolve()));
});

async function authorityOf(t: TestContext): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-sip-'));
  t.after(() => rm(folder, { recursive: true }));
  return new TestAuthority(folder);
}

function startTlsEdge(t: TestContext, authority: TestAuthority, options: Partial<SipEdgeOptions> = {}): ReturnType<typeof startTestEdge> {
  const certificate = authority.issue('IP:127.0.0.1');
  return startTestEdge(t, { tlsPort: 0, certificate: () => certificate, trustedAuthorities: () => [authority.certificatePem], ...options });
}

async function openTls(t: TestContext, port: number | undefined, authority: TestAuthority, own: SipCertificate | undefined): Promise<TestSipSocket> {
  const credentials = own === undefined ? {} : { cert: own.certificatePem, key: own.privateKeyPem };
  return openTcp(t, 0, connect({ port: port ?? 0, host: '127.0.0.1', ca: authority.certificatePem, ...credentials }), 'secureConnect');
}

async function listenTls(t: TestContext, { certificatePem, privateKeyPem }: SipCertificate): Promise<{ readonly port: number; readonly accepted: Promise<TestSipSocket> }> {
  const server = createServer({ cert: certificatePem, key: privateKeyPem });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('tlsClientError', () => {});
  t.after(() => server.close());
  const accepted = new Promise<TestSipSocket>((resolve) => server.once('secureConnection', (socket) => resolve(openTcp(t, 0, socket, undefined))));
  return { port: (server.address() as AddressInfo).port, accepted };
}

function invite(uri: string, callId: string): SipRequest {
  return {
    kind: 'request', method: 'INVITE', uri, body: noBody,
    headers: SipHeaders.of(['Via', `SIP/2.0/TCP telephony.invalid;branch=z9hG4bK${callId}`], ['Max-Forwards', '70'], ['From', '<sip:+15550111@dialplane.test>;tag=ua'], ['To', `<${uri}>`], ['Call-ID', callId], ['CSeq', '1 INVITE'], ['Contact', '<sip:line1@127.0.0.1>']),
  };
}
