import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { absenceOf, loadKernel } from '@dialplane/kernels';
import { formatTransportAddress, parseTransportAddress, type TransportAddress } from '@dialplane/stun';
import { freePort, skipWithout } from '@dialplane/testing';
import { connectTurn, type TurnConnection, type TurnConnectionOptions } from '../client/turn-connection.ts';
import { turnPassword } from '../credentials/turn-password.ts';
import { readCrashedUsage } from '../counters/crashed-usage.ts';
import { secret, TestRelayPlane } from '../test-relay-plane.ts';

async function sink(): Promise<{ readonly address: TransportAddress; arrival(): Promise<unknown>; close(): void }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: parseTransportAddress(`127.0.0.1:${socket.address().port}`) ?? assert.fail(), arrival: () => once(socket, 'message'), close: () => socket.close() };
}

function connectTo(relay: TestRelayPlane, credential: { readonly username: string; readonly password: string }, more: Partial<TurnConnectionOptions> = {}): Promise<TurnConnection> {
  return connectTurn({ host: '127.0.0.1', port: relay.port, transport: 'tcp', ...credential, ...more });
}

/** Waits until the file holds an allocation that has sent so much: at once where it is memory, within a second where it is written. */
async function untilCounted(path: string, bytes: number): Promise<void> {
  const changes = watch(path);
  for (;;) {
    const changed = once(changes, 'change');
    const usage = readCrashedUsage(readFileSync(path));
    if (usage.ok && usage.events[0]?.totals.toPeerBytes === bytes) break;
    await changed;
  }
  changes.close();
}

test('a revoked credential ends its allocations and opens no more', async (t) => {
  const relay = await TestRelayPlane.start();
  t.after(() => relay.close());
  const [alice, bob] = [relay.admit({ userId: 'alice' }), relay.admit({ userId: 'bob' })];
  const [first, second] = [await connectTo(relay, alice), await connectTo(relay, bob)];
  await first.allocate();
  await second.allocate();
  relay.plane.revoke(alice.grant.credentialId);
  const stopped = await relay.usageOf(({ kind }) => kind === 'stopped');
  assert.deepEqual(stopped.map(({ grant, reason }) => [grant.userId, reason]), [['alice', 'revoked']]);
  const again = await connectTo(relay, alice);
  await assert.rejects(again.allocate(), { reason: 'STUN_CREDENTIALS_REFUSED' });
  await second.permit(parseTransportAddress('127.0.0.1:1') ?? assert.fail());
  for (const each of [first, second, again]) each.close();
});

test('an expired credential opens nothing; quotas count a user over all credentials', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { allocationsPerUser: 1 } });
  t.after(() => relay.close());
  const connections = [await connectTo(relay, relay.admit({ expiresAt: Date.now() - 1 })), await connectTo(relay, relay.admit()), await connectTo(relay, relay.admit())] as const;
  await assert.rejects(connections[0].allocate(), { reason: 'STUN_CREDENTIALS_REFUSED' });
  await connections[1].allocate();
  await assert.rejects(connections[2].allocate(), { statusCode: 486 });
  for (const each of connections) each.close();
});

/** Without it there is `node:dgram`, which tells no ICMP errors. */
const withoutKernel = skipWithout(absenceOf(loadKernel('udp')));

test('a client learns that nobody listens at a peer', { skip: withoutKernel }, async (t) => {
  const relay = await TestRelayPlane.start();
  t.after(() => relay.close());
  for (const [host, type, code] of [['127.0.0.1', 3, 3], ['::1', 1, 4]] as const) {
    const socket = createSocket(host === '::1' ? 'udp6' : 'udp4').bind(0, host);
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    const told = Promise.withResolvers<unknown>();
    const turn = await connectTo(relay, relay.admit(), { transport: 'udp', onUnreachable: ({ peer, icmp }) => told.resolve([formatTransportAddress(peer), icmp.type, icmp.code]) });
    await turn.allocate({ family: host === '::1' ? 6 : 4 });
    const peer = parseTransportAddress(host === '::1' ? `[::1]:${port}` : `${host}:${port}`) ?? assert.fail();
    await turn.bindChannel(peer);
    turn.send(peer, Buffer.from('anybody?'));
    assert.deepEqual(await told.promise, [formatTransportAddress(peer), type, code]);
    turn.close();
  }
});

test('a draining relay takes no new allocations and serves the ones it has', async (t) => {
  const relay = await TestRelayPlane.start();
  const peer = await sink();
  const [old, late] = [await connectTo(relay, relay.admit()), await connectTo(relay, relay.admit())];
  t.after(async () => (old.close(), late.close(), peer.close(), relay.close()));
  await old.allocate();
  relay.plane.drain();
  await assert.rejects(late.allocate(), { statusCode: 508 });
  await old.bindChannel(peer.address);
  old.send(peer.address, Buffer.from('still here'));
  await peer.arrival();
});

test('a range without free ports is 508 for the client and one line for the operator', async (t) => {
  const port = await freePort();
  const relay = await TestRelayPlane.start({ relayPorts: { first: port, last: port }, listenAddresses: ['127.0.0.1'] });
  const connections = await Promise.all([1, 2, 3].map(() => connectTo(relay, relay.admit())));
  t.after(async () => (connections.forEach((each) => each.close()), relay.close()));
  const [first, second, third] = connections;
  assert.ok(first && second && third);
  assert.equal((await first.allocate()).relayed[0]?.port, port);
  await assert.rejects(second.allocate(), { statusCode: 508 });
  await assert.rejects(third.allocate(), { statusCode: 508 });
  assert.equal(relay.plane.statistics().portsExhausted, 2);
  assert.equal(relay.mailbox.log.filter((line) => line.includes('relay port could not be opened')).length, 1);
});

test('after kill -9 the next start tells what was relayed, again after each start that cannot store it, and then no more', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-killed-'));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test-relay-child.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(String((await once(child.stdout, 'data'))[0]));
  const peer = await sink();
  t.after(() => peer.close());
  const username = '4000000000:c1';
  const turn = await connectTurn({ host: '127.0.0.1', port, transport: 'udp', username, password: turnPassword(secret, username) });
  await turn.allocate();
  await turn.bindChannel(peer.address);
  for (const length of [100, 200, 300]) {
    const arrival = peer.arrival();
    turn.send(peer.address, Buffer.alloc(length));
    await arrival;
  }
  await untilCounted(join(folder, 'relay-counters'), 600);
  child.kill('SIGKILL');
  await once(child, 'exit');
  turn.close();
  for (const store of [() => Promise.reject(new Error('disk full')), async () => undefined]) {
    const relay = await TestRelayPlane.start({}, folder, store);
    await relay.plane.close();
    const [event, ...more] = relay.mailbox.usage;
    assert.deepEqual([event?.kind, event?.reason, event?.grant.credentialId, event?.clientTransport, more.length], ['stopped', 'crashed', 'c1', 'udp', 0]);
    assert.deepEqual(event?.totals, { toPeerBytes: 600, toPeerPackets: 3, toClientBytes: 0, toClientPackets: 0 });
    assert.ok(event.at > Date.now() - 60_000);
  }
  assert.deepEqual(readdirSync(folder), []);
  const relay = await TestRelayPlane.start({}, folder);
  assert.deepEqual(relay.mailbox.usage, []);
  await relay.close();
});

test('usage that could not be stored is told again by the next start, as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-unstored-'));
  const first = await TestRelayPlane.start({}, folder, async ({ kind }) => {
    if (kind === 'stopped') throw new Error('disk full');
  });
  const turn = await connectTo(first, first.admit());
  await turn.allocate();
  await turn.release();
  const [told] = await first.usageOf(({ kind }) => kind === 'stopped');
  await first.plane.close();
  const second = await TestRelayPlane.start({}, folder);
  assert.deepEqual(second.mailbox.usage, [told]);
  assert.equal(told?.reason, 'deleted');
  await second.close();
});

test('a thread that ends by itself is started again, with its credentials, on its ports, and what it relayed is told', async (t) => {
  const workers: Worker[] = [];
  const remember = (message: unknown): void => void workers.push((message as { worker: Worker }).worker);
  subscribe('worker_threads', remember);
  const relay = await TestRelayPlane.start({ ports: [await freePort(), await freePort()] });
  unsubscribe('worker_threads', remember);
  t.after(() => relay.close());
  const credential = relay.admit();
  const before = await connectTo(relay, credential);
  await before.allocate();
  const [worker] = workers;
  assert.ok(worker);
  await untilCounted(join(relay.folder, 'relay-counters'), 0);
  const [crashed] = await Promise.all([relay.usageOf(({ reason }) => reason === 'crashed'), worker.terminate()]);
  assert.equal(crashed[0]?.grant.credentialId, credential.grant.credentialId);
  await relay.restarted();
  const after = await connectTo(relay, credential);
  await after.allocate();
  before.close();
  after.close();
});
