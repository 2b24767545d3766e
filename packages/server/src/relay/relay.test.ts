import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { CommunicationRelayClient } from '@azure/communication-network-traversal';
import type { Call, CallFlow, IceServer, NetworkConfiguration, RelaySettings, RelayUsageList, RelayUsageRecordList, RelayUsageSums } from '@dialplane/calling-api';
import { openMappedFile } from '@dialplane/kernels';
import { askBinding } from '@dialplane/relay';
import { followProcess, freePort, missingOf, skipWithout } from '@dialplane/testing';
import { Person } from '../test-person.ts';
import { startTestServer, temporaryFolder } from '../test-server.ts';
import { reach, type Transport } from './test-relay-path.ts';

/** Sends as many packets of 100 bytes from one client to the other, through both relays, and waits until all have come. */
async function talk(t: TestContext, from: readonly IceServer[], to: readonly IceServer[], transport: Transport, ca: string, packets: number): Promise<void> {
  const arrived = Promise.withResolvers<void>();
  let count = 0;
  const speaker = await reach(from, transport, ca);
  const listener = await reach(to, 'udp', ca, () => {
    count += 1;
    if (count === packets) arrived.resolve();
  });
  t.after(() => (speaker.turn.close(), listener.turn.close()));
  const [speakerRelay, listenerRelay] = [speaker.allocation.relayed[0], listener.allocation.relayed[0]];
  assert.ok(speakerRelay !== undefined && listenerRelay !== undefined);
  await listener.turn.permit(speakerRelay);
  await speaker.turn.bindChannel(listenerRelay);
  for (let index = 0; index < packets; index += 1) speaker.turn.send(listenerRelay, Buffer.alloc(100, index));
  await arrived.promise;
}

async function startCall(alice: Person, bob: Person): Promise<Call> {
  return alice.ask<Call>('POST', '/v1/calls', { endpointId: alice.endpointId, targets: [bob.signedIn.identifier] });
}

/** The ICE servers of the person who is called, as its endpoint is shown them. */
async function incoming(bob: Person): Promise<readonly IceServer[]> {
  const { events } = await bob.ask<{ events: Array<{ event: { type: string; calls?: Call[]; call?: Call } }> }>('GET', `/v1/endpoints/${bob.endpointId}/events?wait=10`);
  const call = events.flatMap(({ event }) => event.call ?? event.calls ?? [])[0];
  assert.ok(call !== undefined);
  return call.mediaSessions[0]?.iceServers ?? [];
}

test('STUN answers on both ports and the TLS port, and says who asks', async (t) => {
  const server = await startTestServer(t);
  const ca = await readFile(String(server.certificateAuthorityFile), 'utf8');
  const [port = 0, secondPort = 0] = server.relayPorts;
  const tlsPort = Number(new URL(server.httpsUrl).port);
  for (const target of [{ port, transport: 'udp' }, { port: secondPort, transport: 'udp' }, { port, transport: 'tcp' }, { port: tlsPort, transport: 'tls' }] as const) {
    const observed = await askBinding({ host: '127.0.0.1', ...target, tls: { ca } });
    assert.ok(observed !== undefined && observed.mapped.port > 0, `${target.transport} ${target.port}`);
  }
  assert.equal((await fetch(`${server.httpUrl}/healthz`)).status, 200);
});

test('what a call relays over UDP, TCP and TLS is in the ledger to the byte, is charged, and is in its flow', async (t) => {
  const server = await startTestServer(t);
  const ca = await readFile(String(server.certificateAuthorityFile), 'utf8');
  const [alice, bob] = [await Person.signIn(server.httpUrl, 'Alice'), await Person.signIn(server.httpUrl, 'Bob')];
  await alice.operate<RelaySettings>('PATCH', '/v1/relay/settings', { rate: 1000, currency: 'EUR' });
  const call = await startCall(alice, bob);
  const [alices, bobs] = [call.mediaSessions[0]?.iceServers ?? [], await incoming(bob)];
  const packets = { udp: 10, tcp: 20, tls: 30 } as const;
  for (const transport of ['udp', 'tcp', 'tls'] as const) await talk(t, alices, bobs, transport, ca, packets[transport]);
  await alice.ask('POST', `/v1/calls/${call.callId}:hangUp`, { endpointId: alice.endpointId });

  const records = await finalRecords(alice, call.callId, 6);
  const sent = records.filter(({ identifier }) => identifier === alice.signedIn.identifier);
  assert.deepEqual(sent.map(({ clientTransport, toPeerBytes, toPeerPackets, toClientBytes }) => [clientTransport, toPeerBytes, toPeerPackets, toClientBytes]), [
    ['udp', 1000, 10, 0], ['tcp', 2000, 20, 0], ['tls', 3000, 30, 0],
  ]);
  assert.equal(sent[0]?.cost, 0.001);
  const { value: sums } = await alice.operate<RelayUsageSums>('GET', `/v1/relay/usage:sum?groupBy=participant&callId=${call.callId}`);
  assert.deepEqual(new Set(sums.map(({ allocations, toPeerBytes, toClientBytes, currency }) => `${allocations} ${toPeerBytes} ${toClientBytes} ${currency}`)), new Set(['3 6000 0 EUR', '3 0 6000 EUR']));

  const flow = await alice.ask<CallFlow>('GET', `/v1/calls/${call.callId}/flow`);
  assert.ok(flow.lanes.some(({ id }) => id === 'relay'));
  const relayLines = flow.events.flatMap(({ detail }) => (detail.kind === 'relayAllocated' ? [`opened over ${detail.clientTransport}`] : detail.kind === 'relayReleased' ? [`closed after ${detail.toPeerBytes + detail.toClientBytes}`] : []));
  assert.deepEqual(relayLines.toSorted(), [
    ...['1000', '1000', '2000', '2000', '3000', '3000'].map((bytes) => `closed after ${bytes}`), ...['tcp', 'tls', 'udp', 'udp', 'udp', 'udp'].map((transport) => `opened over ${transport}`),
  ]);
  const metrics = await (await fetch(`${server.httpUrl}/metrics`)).text();
  assert.match(metrics, /^dialplane_relay_allocations_tls_total 1$/m);
});

/** The records of a call once each of so many allocations has ended: the end of a call ends them in another thread. */
async function finalRecords(person: Person, callId: string, count: number): Promise<RelayUsageRecordList['value']> {
  for (;;) {
    const { value } = await person.operate<RelayUsageRecordList>('GET', `/v1/relay/usage-records?callId=${callId}`);
    if (value.length === count && value.every(({ isFinal }) => isFinal)) return value;
  }
}

const withoutCoturn = skipWithout(missingOf('turnserver'));

test("coturn's client gets through the HTTPS port with a participant's credential, and the ledger agrees", { skip: withoutCoturn }, async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = [await Person.signIn(server.httpUrl, 'Alice'), await Person.signIn(server.httpUrl, 'Bob')];
  const call = await startCall(alice, bob);
  const { username = '', credential = '' } = call.mediaSessions[0]?.iceServers.find(({ username }) => username !== undefined) ?? {};
  const run = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('turnutils_uclient', [...words, '-u', username, '-w', credential, '-p', new URL(server.httpsUrl).port, '127.0.0.1'], { timeout: 60_000 });
    return stdout;
  };
  // TLS with UDP relays, then with TCP relays; two clients, five messages of 100 bytes each way. UDP apart: two messages in one TLS record are one to this client.
  for (const words of [['-t', '-S', '-y', '-c', '-z', '300'], ['-T', '-S']]) assert.match(await run(...words), /tot_send_msgs=10, tot_recv_msgs=\d+$/m);
  await alice.ask('POST', `/v1/calls/${call.callId}:hangUp`, { endpointId: alice.endpointId });
  // Each run begins with an allocation that carries nothing.
  const records = await finalRecords(alice, call.callId, 6);
  assert.deepEqual(records.map(({ clientTransport, peerTransport, toPeerBytes, toClientBytes }) => `${clientTransport} ${peerTransport} ${toPeerBytes} ${toClientBytes}`).toSorted(), [
    'tls tcp 0 0', 'tls tcp 500 500', 'tls tcp 500 500', 'tls udp 0 0', 'tls udp 500 500', 'tls udp 500 500',
  ]);
});

test('a restart keeps credentials of calls that go on and ends those of others; the ledger is complete', async (t) => {
  const dataDir = join(await temporaryFolder(t), 'data');
  const ports = { relayPort: await freePort(), relaySecondPort: await freePort() };
  const first = await startTestServer(t, { dataDir, ...ports });
  const ca = await readFile(String(first.certificateAuthorityFile), 'utf8');
  const [alice, bob] = [await Person.signIn(first.httpUrl, 'Alice'), await Person.signIn(first.httpUrl, 'Bob')];
  const call = await startCall(alice, bob);
  const [alices, bobs] = [call.mediaSessions[0]?.iceServers ?? [], await incoming(bob)];
  await talk(t, alices, bobs, 'udp', ca, 5);
  assert.equal((await stat(join(dataDir, 'relay-secret'))).mode & 0o777, 0o600);
  await first.close(0);

  const second = await startTestServer(t, { dataDir, ...ports });
  await talk(t, alices, bobs, 'tcp', ca, 7);
  const operator = await Person.signIn(second.httpUrl, 'Olga');
  const { value } = await operator.operate<RelayUsageSums>('GET', `/v1/relay/usage:sum?groupBy=call&callId=${call.callId}`);
  assert.deepEqual(value.map(({ allocations, toPeerBytes }) => [allocations, toPeerBytes >= 500]), [[4, true]]);
  await operator.operate<RelaySettings>('PATCH', '/v1/relay/settings', { isEnabled: false });
  const records = await finalRecords(operator, call.callId, 4);
  assert.equal(records.reduce((sum, { toPeerPackets }) => sum + toPeerPackets, 0), 12);
  await assert.rejects(reach(alices, 'udp', ca), { reason: 'STUN_CREDENTIALS_REFUSED' });
  const network = await operator.ask<NetworkConfiguration>('GET', '/v1/network');
  assert.deepEqual([network.relay, network.servers[0]?.relayUrls], ['turnedOffForResource', []]);
});

test('after kill -9 the next start accounts for what was relayed', async (t) => {
  const dataDir = join(await temporaryFolder(t), 'data');
  const main = resolve(import.meta.dirname, '../main.ts');
  const ports = ['--https-port', '0', '--http-port', '0', '--relay-port', '0', '--relay-second-port', '0', '--sip', 'off', '--media', 'off'];
  const child = spawn(process.execPath, [main, 'up', '--no-install', '--data-dir', dataDir, ...ports], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  const [, httpUrl = ''] = await followProcess(child, 'the server').line(/On this computer\s+(http:\S+)/);
  const ca = await readFile(join(dataDir, 'tls', 'development-ca.pem'), 'utf8');
  const [alice, bob] = [await Person.signIn(httpUrl, 'Alice'), await Person.signIn(httpUrl, 'Bob')];
  const call = await startCall(alice, bob);
  await talk(t, call.mediaSessions[0]?.iceServers ?? [], await incoming(bob), 'udp', ca, 9);
  await countersAreInFile(dataDir);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const server = await startTestServer(t, { dataDir });
  const operator = await Person.signIn(server.httpUrl, 'Olga');
  const records = await finalRecords(operator, call.callId, 2);
  assert.deepEqual(records.map(({ toPeerBytes, toClientBytes }) => `${toPeerBytes} ${toClientBytes}`).toSorted(), ['0 900', '900 0']);
  const rows = await operator.operate<{ value: Array<{ reason?: string }> }>('GET', `/v1/relay/usage?callId=${call.callId}`);
  assert.deepEqual(rows.value.flatMap(({ reason }) => reason ?? []), ['crashed', 'crashed']);
});

/** Without the native kernel live counters go to their file once a second only; what was counted before a write begins is in it. */
async function countersAreInFile(dataDir: string): Promise<void> {
  const probe = openMappedFile(join(dataDir, 'probe'), 8);
  probe.close();
  if (probe.implementation === 'mapped') return;
  const watcher = watch(join(dataDir, 'relay-counters'));
  for (let writes = 0; writes < 2; writes += 1) await once(watcher, 'change');
  watcher.close();
}

test('a credential that the unmodified Azure SDK was given opens an allocation, which is counted for its user and no call', async (t) => {
  const server = await startTestServer(t);
  const ca = await readFile(String(server.certificateAuthorityFile), 'utf8');
  const person = await Person.signIn(server.httpUrl, 'Ada');
  const accessKey = /accesskey=(.*)$/.exec(server.connectionString)?.[1] ?? '';
  const client = new CommunicationRelayClient(`endpoint=${server.httpUrl}/;accesskey=${accessKey}`);
  const { iceServers } = await client.getRelayConfiguration({ id: person.signedIn.identifier, ttl: 60 });
  for (const transport of ['udp', 'tcp', 'tls'] as const) await (await reach(iceServers, transport, ca)).turn.release();
  const usage = await allUsage(person, 6);
  assert.deepEqual(usage.filter(({ kind }) => kind === 'started').map(({ clientTransport, callId }) => [clientTransport, callId]), [['udp', undefined], ['tcp', undefined], ['tls', undefined]]);
});

/** The rows of a person's own usage, once there are so many: the other thread tells them in batches. */
async function allUsage(person: Person, count: number): Promise<RelayUsageList['value']> {
  for (;;) {
    const { value } = await person.ask<RelayUsageList>('GET', '/v1/relay/usage');
    if (value.length >= count) return value;
  }
}

test('the relay can be left out, and a port that is taken is a sentence', async (t) => {
  const without = await startTestServer(t, { relay: false });
  assert.deepEqual(without.relayPorts, []);
  const info = (await (await fetch(`${without.httpUrl}/v1/server`)).json()) as { capabilities: { relay: boolean } };
  assert.equal(info.capabilities.relay, false);
  const person = await Person.signIn(without.httpUrl, 'Ada');
  assert.deepEqual(await person.ask<NetworkConfiguration>('GET', '/v1/network'), { relay: 'unavailable', servers: [] });

  const port = await freePort();
  const other = createServer().listen(port);
  await once(other, 'listening');
  await assert.rejects(startTestServer(t, { relayPort: port }), { code: 'RELAY_PORT_UNAVAILABLE', message: new RegExp(`${port}.*--relay-port`) });
  other.close();
  await startTestServer(t, { relayPort: port });
});
