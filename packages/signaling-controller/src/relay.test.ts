import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IceServer, MediaSession } from '@dialplane/calling-api';
import type { RelayPlace } from '@dialplane/relay';
import { ask, connectedCall, testDescription, TestServer, type TestClient } from './test-server.ts';

const place: RelayPlace = { hosts: ['relay.example.org', '127.0.0.1', '2001:db8::1'], port: 3478, secondPort: 3479, tlsPort: 8443 };
const day = 86_400_000;

function turnOf({ iceServers }: Pick<MediaSession, 'iceServers'>): IceServer | undefined {
  return iceServers.find(({ username }) => username !== undefined);
}

/** Alice calls Bob; what each is shown of the media session. */
async function ring(server: TestServer, relay?: 'off') {
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');
  const started = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [bob.identifier], description: testDescription('offer'), ...(relay !== undefined && { relay }) } });
  assert.equal(started.status, 201);
  const { call } = await bob.next('incomingCall');
  const [alices, bobs] = [started.body.mediaSessions[0], call.mediaSessions[0]];
  assert.ok(alices !== undefined && bobs !== undefined);
  return { alice, bob, callId: call.callId, alices, bobs, participantId: started.body.self.participantId };
}

async function operatorToken(server: TestServer): Promise<string> {
  return (await server.identity.beginOperatorSession('test')).token;
}

async function hangUp(client: TestClient, callId: string): Promise<void> {
  assert.equal((await client.ask('hangUp', { params: { callId }, body: { endpointId: client.endpointId } })).status, 204);
}

test('each participant is given STUN and a TURN credential of its own, at the host by which it reached the server', async () => {
  await using server = await TestServer.start({ relay: { place } });
  const { alice, bob, callId, alices, bobs } = await ring(server);
  assert.deepEqual(alices.iceServers[0], { urls: ['stun:127.0.0.1'] });
  assert.deepEqual(turnOf(alices)?.urls, ['turn:127.0.0.1?transport=udp', 'turn:127.0.0.1?transport=tcp', 'turns:127.0.0.1:8443?transport=tcp']);
  assert.notEqual(turnOf(alices)?.username, turnOf(bobs)?.username);
  const { body } = await bob.ask('acceptCall', { params: { callId }, body: { endpointId: bob.endpointId, description: testDescription('answer') } });
  assert.deepEqual(turnOf(body.mediaSessions[0] ?? bobs), turnOf(bobs), 'the same when it is shown again');
  assert.equal(server.relay?.credentials.size, 2);
  await hangUp(alice, callId);
  assert.equal(server.relay?.credentials.size, 0);
});

test('credentials outlive a restart of the server, and are renewed in a running call', async () => {
  const server = await TestServer.start({ relay: { place } });
  const { alice, bob, callId } = await connectedCall(server);
  const before = (await alice.ask('updateSelf', { params: { callId }, body: { endpointId: alice.endpointId } })).body;
  await server.stop();
  await using next = await TestServer.start({ relay: { place }, dataDir: server.dataDir, clock: server.clock });
  const [again, bobAgain] = [alice.at(next.url), bob.at(next.url)];
  await Promise.all([again.connect(), bobAgain.connect()]);
  const { calls } = await again.next('sync');
  const shown = calls[0]?.mediaSessions[0];
  assert.ok(shown !== undefined && turnOf(shown) !== undefined);
  assert.deepEqual(turnOf(shown), turnOf(before.mediaSessions[0] ?? shown));
  server.clock.leap(9 * 3_600_000);
  const { participantId } = before.self;
  assert.ok(next.relay?.credentials.dueForRenewal().some((one) => one.participantId === participantId));
  next.controller.renewIceConfiguration(callId, participantId);
  const { mediaSession } = await again.next('mediaSessionUpdated');
  assert.notEqual(turnOf(mediaSession)?.username, turnOf(shown)?.username);
});

test('a call with the relay turned off gets STUN only, and ends without a path by a sentence that says so', async () => {
  await using server = await TestServer.start({ relay: { place } });
  const { alice, bob, callId, alices, bobs } = await ring(server, 'off');
  assert.deepEqual([alices, bobs].map(({ iceServers }) => iceServers.map(({ urls }) => urls)), [[['stun:127.0.0.1']], [['stun:127.0.0.1']]]);
  await bob.ask('acceptCall', { params: { callId }, body: { endpointId: bob.endpointId, description: testDescription('answer') } });
  await bob.ask('reportMedia', { params: { callId, mediaSessionId: bobs.mediaSessionId }, body: { endpointId: bob.endpointId, state: 'failed', cause: 'noMediaPath' } });
  const { endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.subCode], [410, 3112]);
  assert.match(endReason?.message ?? '', /the relay was turned off for this call\.$/);
  const { body } = await alice.ask('getCallFlow', { params: { callId } });
  assert.match(body.conclusion, /the relay was turned off for this call/);
  assert.ok(body.events.some(({ detail }) => detail.kind === 'decision' && detail.what === 'nobody is offered the relay'));
});

test('an operator turns the relay off for all: running calls are shown that, and what was relayed ends', async () => {
  await using server = await TestServer.start({ relay: { place } });
  const { alice, bob, callId, bobs } = await ring(server);
  await bob.ask('acceptCall', { params: { callId }, body: { endpointId: bob.endpointId, description: testDescription('answer') } });
  const token = await operatorToken(server);
  assert.deepEqual((await ask(server.url, 'getRelaySettings', { token })).body, { isEnabled: true, rate: 0, currency: 'USD' });
  assert.equal((await ask(server.url, 'getRelaySettings', { token: alice.token })).body.error?.code, 'ROLE_MISSING');
  const changed = await ask(server.url, 'updateRelaySettings', { token, body: { isEnabled: false, rate: 0.4, currency: 'EUR' } });
  assert.deepEqual(changed.body, { isEnabled: false, rate: 0.4, currency: 'EUR' });
  const { mediaSession } = await bob.next('mediaSessionUpdated');
  assert.equal(turnOf(mediaSession), undefined);
  assert.equal(server.relay?.credentials.size, 0);
  await bob.ask('reportMedia', { params: { callId, mediaSessionId: bobs.mediaSessionId }, body: { endpointId: bob.endpointId, state: 'failed', cause: 'noMediaPath' } });
  const { endReason } = await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.match(endReason?.message ?? '', /the operator has turned the relay off\.$/);
  assert.equal((await ask(server.url, 'updateRelaySettings', { token, body: { currency: 'euros' } })).body.error?.code, 'REQUEST_INVALID');
  assert.equal((await ask(server.url, 'updateRelaySettings', { token, body: { isEnabled: true } })).body.isEnabled, true);
});

test('the flow record shows who used the relay, also what is told after the end', async () => {
  await using server = await TestServer.start({ relay: { place } });
  const { alice, callId, participantId } = await ring(server);
  const at = server.clock.wallMs();
  server.controller.noteRelay(callId, participantId, at, { kind: 'relayAllocated', allocationId: 'a1', clientTransport: 'tls', peerTransport: 'udp', relayedAddresses: ['192.0.2.1:53248'] });
  await hangUp(alice, callId);
  server.controller.noteRelay(callId, participantId, at, { kind: 'relayReleased', allocationId: 'a1', reason: 'revoked', toPeerBytes: 100, toPeerPackets: 1, toClientBytes: 200, toClientPackets: 2 });
  server.controller.noteRelay('no such call', participantId, at, { kind: 'relayReleased', allocationId: 'a2', reason: 'revoked', toPeerBytes: 0, toPeerPackets: 0, toClientBytes: 0, toClientPackets: 0 });
  const { body } = await alice.ask('getCallFlow', { params: { callId } });
  assert.ok(body.lanes.some(({ id, role }) => id === 'relay' && role === 'server'));
  assert.deepEqual(body.events.filter(({ source }) => source === 'relay').map(({ from, to, detail }) => [from, to, detail.kind]), [['relay', participantId, 'relayAllocated'], ['relay', participantId, 'relayReleased']]);
  assert.ok(body.events.some(({ to, detail }) => to === participantId && detail.kind === 'decision' && detail.what === 'the relay is offered'));
});

test('usage is listed, summed and charged, for users their own, for operators all, also as CSV', async () => {
  await using server = await TestServer.start({ relay: { place } });
  const [alice, bob] = [await server.token(), await server.token()];
  const token = await operatorToken(server);
  await ask(server.url, 'updateRelaySettings', { token, body: { rate: 0.5, currency: 'EUR' } });
  const callId = '11111111-1111-4111-8111-111111111111';
  const at = server.clock.wallMs();
  const participantIds = ['22222222-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333'];
  for (const [index, { identifier }] of [alice, bob].entries()) {
    const grant = { credentialId: 'k', resourceId: server.identity.resources.default.id, userId: identifier, call: { callId, participantId: participantIds[index] ?? '' }, expiresAt: at + day };
    const event = { allocationId: `a${index}`, grant, clientTransport: 'udp', peerTransport: 'udp', clientAddress: '198.51.100.7:4000', relayedAddresses: ['192.0.2.1:53248', '[2001:db8::1]:53248'] } as const;
    await server.relay?.ledger.record({ ...event, kind: 'started', at, totals: { toPeerBytes: 0, toPeerPackets: 0, toClientBytes: 0, toClientPackets: 0 } });
    await server.relay?.ledger.record({ ...event, kind: 'stopped', reason: 'deleted', at: at + 60_000, totals: { toPeerBytes: 2e9, toPeerPackets: 2e6, toClientBytes: 1e9, toClientPackets: 1e6 } });
  }
  const all = await ask(server.url, 'listRelayUsage', { token, query: { callId } });
  assert.deepEqual(all.body.value.map(({ allocationId, kind, toPeerBytes }) => [allocationId, kind, toPeerBytes]), [['a0', 'started', 0], ['a1', 'started', 0], ['a0', 'stopped', 2e9], ['a1', 'stopped', 2e9]]);
  const own = await ask(server.url, 'listRelayUsage', { token: alice.token, query: { callId } });
  assert.deepEqual(own.body.value.map(({ identifier }) => identifier), [alice.identifier, alice.identifier]);
  assert.equal((await ask(server.url, 'listRelayUsage', { token: alice.token, query: { identifier: bob.identifier } })).body.error?.code, 'ROLE_MISSING');

  const sums = await ask(server.url, 'sumRelayUsage', { token, query: { groupBy: 'call' } });
  assert.deepEqual(sums.body.value, [{
    callId, resourceId: server.identity.resources.default.id, allocations: 2, toPeerBytes: 4e9, toPeerPackets: 4e6, toClientBytes: 2e9, toClientPackets: 2e6, durationMs: 120_000, cost: 3, currency: 'EUR',
  }]);
  const { body: records } = await ask(server.url, 'listRelayUsageRecords', { token: bob.token });
  assert.deepEqual(records.value.map(({ usageType, unitType, quantity, recordId, correlationId, isFinal, rate, cost }) => ({ usageType, unitType, quantity, recordId, correlationId, isFinal, rate, cost })), [
    { usageType: 'NAT', unitType: 'GB', quantity: 3, recordId: 'a1', correlationId: callId, isFinal: true, rate: 0.5, cost: 1.5 },
  ]);

  const csv = await fetch(`${server.url}/v1/relay/usage?limit=3`, { headers: { authorization: `Bearer ${token}`, accept: 'text/csv' } });
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
  const [header, first, ...others] = (await csv.text()).split('\r\n');
  assert.match(header ?? '', /^time,allocationId,step,kind,reason,resourceId,identifier,callId,/);
  assert.match(first ?? '', new RegExp(`^[^,]+Z,a0,0,started,,[^,]+,${alice.identifier},${callId},.*,192\\.0\\.2\\.1:53248 \\[2001:db8::1\\]:53248,0,0,0,0,0$`));
  assert.equal(others.length, 3);
  const next = /<(.*)>; rel="next"/.exec(csv.headers.get('link') ?? '')?.[1];
  const rest = await fetch(`${server.url}${next}`, { headers: { authorization: `Bearer ${token}`, accept: 'text/csv' } });
  assert.match(await rest.text(), /\r\n[^,]+,a1,1,stopped,deleted,/);
  assert.equal(rest.headers.get('link'), null);
  assert.equal((await ask(server.url, 'listRelayUsage', { token, query: { cursor: 'what' } })).body.error?.code, 'REQUEST_INVALID');
  assert.equal((await ask(server.url, 'sumRelayUsage', { token, query: { from: 'yesterday', groupBy: 'day' } })).body.error?.code, 'REQUEST_INVALID');
});

test('who is signed in is told how to test the way to the relay', async () => {
  const relay: { place: RelayPlace | undefined } = { place };
  await using server = await TestServer.start({ relay });
  const { token } = await server.token();
  const { body } = await ask(server.url, 'getNetworkConfiguration', { token });
  assert.equal(body.relay, 'offered');
  assert.deepEqual(body.servers.map(({ host }) => host), ['127.0.0.1', 'relay.example.org', '2001:db8::1']);
  assert.deepEqual(body.servers[2], {
    host: '2001:db8::1', stunUrls: ['stun:[2001:db8::1]', 'stun:[2001:db8::1]:3479'],
    relayUrls: [
      { transport: 'udp', url: 'turn:[2001:db8::1]?transport=udp' }, { transport: 'tcp', url: 'turn:[2001:db8::1]?transport=tcp' },
      { transport: 'tls', url: 'turns:[2001:db8::1]:8443?transport=tcp' },
    ],
  });
  assert.equal(Date.parse(body.expiresOn ?? '') - server.clock.wallMs() <= 600_000, true);
  relay.place = undefined;
  assert.deepEqual((await ask(server.url, 'getNetworkConfiguration', { token })).body, { relay: 'unavailable', servers: [] });
});

test('a server without a relay says so', async () => {
  await using server = await TestServer.start();
  const { alices } = await ring(server);
  assert.deepEqual(alices.iceServers, []);
  const { token } = await server.token();
  assert.equal((await ask(server.url, 'getNetworkConfiguration', { token })).body.error?.code, 'RELAY_UNAVAILABLE');
});
