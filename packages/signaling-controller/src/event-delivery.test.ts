import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { defaultSignalingLimits, fastifyOptions } from './index.ts';
import { ask, connectedCall, testDescription, TestServer, type TestClient } from './test-server.ts';

async function mutes(client: TestClient, callId: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const { status } = await client.ask('updateSelf', { params: { callId }, body: { endpointId: client.endpointId, isMuted: count % 2 === 0 } });
    assert.equal(status, 200);
  }
}

test('a stream goes on after the last event that was read, without loss or repeat', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await connectedCall(server);
  const closed = server.readerClosed();
  alice.disconnect();
  await closed;
  await mutes(bob, callId, 3);
  const again = alice.at(server.url);
  await again.connect();
  const muted: Array<boolean | undefined> = [];
  let revision = 0;
  while (muted.length < 3) {
    const envelope = await again.nextEnvelope();
    assert.notEqual(envelope?.event.type, 'sync');
    if (envelope?.event.type !== 'participantsUpdated') continue;
    assert.ok(envelope.event.revision > revision);
    ({ revision } = envelope.event);
    const isMuted = envelope.event.updated[0]?.isMuted;
    if (isMuted === true || muted.length > 0) muted.push(isMuted);
  }
  assert.deepEqual(muted, [true, false, true]);
  again.disconnect();
});

test('what cannot be continued begins with a sync of everything the endpoint is part of', async () => {
  const small = { maxEvents: 4, maxBytes: 1 << 20 };
  await using server = await TestServer.start({ limits: { endpoints: { ...defaultSignalingLimits.endpoints, eventLog: small } } });
  const { alice, bob, callId } = await connectedCall(server);
  const closed = server.readerClosed();
  alice.disconnect();
  await closed;
  const last = alice.lastEventId ?? '';
  await mutes(bob, callId, 6);
  for (const after of [last, 'another-1', 'nonsense', `${last.split('-')[0]}-999999`, `${last.split('-')[0]}--1`]) {
    const again = alice.at(server.url);
    await again.connect(after);
    const sync = await again.next('sync');
    assert.deepEqual(sync.calls.map((call) => call.callId), [callId], after);
    again.disconnect();
  }
});

test('long polling: waits, answers at once when there is something, and continues', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const { token, identifier } = await server.token();
  const registered = await ask(server.url, 'registerEndpoint', { token, body: { displayName: 'Bob' } });
  const { endpointId } = registered.body;
  const poll = (query: { wait: number; after?: string }): ReturnType<typeof ask<'receiveEvents'>> => ask(server.url, 'receiveEvents', { token, params: { endpointId }, query });
  const first = await poll({ wait: 20 });
  assert.deepEqual(first.body.events.map(({ event }) => event.type), ['sync']);
  const none = await poll({ wait: 0, after: first.body.lastEventId });
  assert.deepEqual(none.body, { events: [], lastEventId: first.body.lastEventId });

  const waiting = poll({ wait: 20, after: first.body.lastEventId });
  await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [identifier] } });
  const { body } = await waiting;
  assert.equal(body.events[0]?.event.type, 'incomingCall');

  const closed = server.readerClosed();
  const patient = poll({ wait: 5, after: body.lastEventId });
  const turning = setInterval(() => server.clock.turn(1000), 5);
  const timedOut = await patient;
  clearInterval(turning);
  await closed;
  assert.deepEqual(timedOut.body.events, []);
  assert.equal((await poll({ wait: 31 })).status, 400);
});

test('a new stream takes the place of the one before', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const again = alice.at(server.url);
  await again.connect();
  assert.equal(await alice.nextEnvelope(), undefined);
  again.disconnect();
});

test('idle streams get a sign of life in each keep-alive period; a lost client is dropped from its call after the window', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await connectedCall(server);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(`GET /v1/endpoints/${alice.endpointId}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${alice.token}\r\nLast-Event-ID: ${alice.lastEventId}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    server.clock.turn(15_000);
    if (text.split(':\n\n').length > 3) break;
  }
  assert.match(text, /^HTTP\/1\.1 200 OK/);
  const closed = server.readerClosed();
  socket.destroy();
  await closed;
  for (let second = 0; second < 16; second += 1) server.clock.turn(1000);
  const flow = await bob.ask('getCallFlow', { params: { callId } });
  assert.ok(flow.body.events.some(({ detail }) => detail.kind === 'decision' && detail.what.startsWith('waiting for')));
  server.clock.turn(121_000);
  const { endReason } = await bob.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.subCode], [410, 301_005]);
});

test('a reader that does not read is let go, and the others are served meanwhile', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId, bobsMediaSessionId } = await connectedCall(server);
  const closed = server.readerClosed();
  alice.disconnect();
  await closed;
  const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
  slow.on('error', () => {});
  slow.write(`GET /v1/endpoints/${alice.endpointId}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${alice.token}\r\n\r\n`);
  await new Promise((resolve) => slow.once('readable', resolve));
  slow.pause();
  const letGo = server.readerClosed().then(() => 'let go');
  const big = { ...testDescription('offer'), sdp: `${testDescription('offer').sdp}${'a=x-padding:0123456789\r\n'.repeat(2000)}` };
  for (let revision = 2; revision < 2000; revision += 1) {
    const body = { endpointId: bob.endpointId, description: { ...big, revision } };
    const sent = await bob.ask('sendDescription', { params: { callId, mediaSessionId: bobsMediaSessionId }, body });
    assert.equal(sent.status, 204);
    if ((await Promise.race([letGo, 'still open'])) === 'let go') break;
  }
  await letGo;
  slow.destroy();
  const again = alice.at(server.url);
  await again.connect();
  assert.ok(await again.nextEnvelope());
  again.disconnect();
});

test('streams and commands over HTTP/2', async () => {
  await using server = await TestServer.start();
  const http = fastify({ ...fastifyOptions, http2: true });
  await http.register(server.controller.plugin);
  await http.listen({ port: 0, host: '127.0.0.1' });
  const { token, identifier } = await server.token();
  const client = connectHttp2(`http://127.0.0.1:${(http.server.address() as AddressInfo).port}`);
  const registered = await ask(server.url, 'registerEndpoint', { token, body: {} });
  const stream = client.request({ ':path': `/v1/endpoints/${registered.body.endpointId}/events`, authorization: `Bearer ${token}`, origin: 'https://app.example' });
  const headers = await new Promise<Record<string, unknown>>((resolve) => stream.once('response', resolve));
  assert.equal(headers[':status'], 200);
  assert.equal(headers['access-control-allow-origin'], '*');
  stream.setEncoding('utf8');
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<string>;
  assert.match((await chunks.next()).value, /^id: .+\nevent: sync\ndata: \{/);
  server.clock.turn(15_000);
  assert.equal((await chunks.next()).value, ':\n\n');
  const alice = await server.client('Alice');
  const { body } = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [identifier] } });
  const event: string = (await chunks.next()).value;
  assert.match(event, /^id: .+\nevent: incomingCall\ndata: \{/);
  assert.ok(event.includes(body.callId));
  client.destroy();
  await http.close();
});

test('draining sends streams away and refuses what is new; running calls go on', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await connectedCall(server);
  await server.controller.drain();
  while ((await bob.nextEnvelope()) !== undefined);
  assert.equal(server.controller.health().isDraining, true);
  const refused = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [bob.identifier] } });
  assert.deepEqual([refused.status, refused.body.error?.code, refused.headers.get('retry-after')], [503, 'SERVER_DRAINING', '1']);
  assert.equal((await alice.ask('receiveEvents', { params: { endpointId: alice.endpointId } })).status, 503);
  assert.equal((await alice.ask('hangUp', { params: { callId }, body: { endpointId: alice.endpointId } })).status, 204);
});
