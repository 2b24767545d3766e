import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { formatTransportAddress, parseTransportAddress } from '@dialplane/stun';
import { connectTurn, type TurnConnectionOptions } from '../../client/turn-connection.ts';
import { TestRelayPlane } from '../../test-relay-plane.ts';

const megabyte = Buffer.alloc(1_000_000, 'abcdefghij');

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function optionsFor(relay: TestRelayPlane, more: Partial<TurnConnectionOptions> = {}): TurnConnectionOptions {
  const { username, password } = relay.admit();
  return { host: '127.0.0.1', port: relay.port, transport: 'tcp', username, password, ...more };
}

test('a client reaches a peer over TCP: from the relayed address, every byte, ends included, and in the usage', async (t) => {
  const relay = await TestRelayPlane.start();
  const accepted: Socket[] = [];
  const peer = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket)).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const turn = await connectTurn(optionsFor(relay));
  t.after(async () => (turn.close(), peer.close(), relay.close()));
  const { relayed } = await turn.allocate({ transport: 'tcp' });
  const address = parseTransportAddress(`127.0.0.1:${(peer.address() as { port: number }).port}`) ?? assert.fail();
  const stream = await turn.connectPeer(address);
  const [other] = accepted;
  assert.ok(other);
  assert.equal(`127.0.0.1:${other.remotePort}`, relayed[0] && formatTransportAddress(relayed[0]));
  await assert.rejects(turn.connectPeer(address), { statusCode: 446 });
  other.end(megabyte);
  stream.end(megabyte.subarray(1));
  const [atClient, atPeer] = await Promise.all([readAll(stream), readAll(other)]);
  assert.deepEqual([atClient.equals(megabyte), atPeer.equals(megabyte.subarray(1))], [true, true]);
  await turn.release();
  const [stopped] = await relay.usageOf(({ kind }) => kind === 'stopped');
  assert.deepEqual(stopped?.totals, { toPeerBytes: 999_999, toPeerPackets: 0, toClientBytes: 1_000_000, toClientPackets: 0 });
  assert.deepEqual([stopped.clientTransport, stopped.peerTransport], ['tcp', 'tcp']);
});

test('a peer reaches a client that permits it, before and after the client has connected from the same port; a stranger is refused', async (t) => {
  const relay = await TestRelayPlane.start();
  const peer = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  let next = Promise.withResolvers<number>();
  const turn = await connectTurn(optionsFor(relay, { onConnectionAttempt: ({ connectionId }) => next.resolve(connectionId) }));
  t.after(async () => (turn.close(), peer.close(), relay.close()));
  const { relayed } = await turn.allocate({ transport: 'tcp' });
  const port = relayed[0]?.port ?? 0;
  const stranger = connect(port, '127.0.0.1');
  await once(stranger.resume(), 'close');
  await turn.permit(parseTransportAddress('127.0.0.1:1') ?? assert.fail());
  const meet = async (): Promise<void> => {
    next = Promise.withResolvers();
    const caller = connect(port, '127.0.0.1');
    caller.write('early');
    const stream = await turn.bindPeer(await next.promise);
    const early = once(stream, 'data');
    stream.resume();
    assert.equal(String((await early)[0]), 'early');
    stream.end('bye');
    assert.equal(String(await readAll(caller)), 'bye');
  };
  await meet();
  const address = parseTransportAddress(`127.0.0.1:${(peer.address() as { port: number }).port}`) ?? assert.fail();
  assert.equal(String(await readAll(await turn.connectPeer(address))), 'hello');
  await meet();
  await assert.rejects(turn.bindPeer(1), { statusCode: 400 });
});

test('connections asked for at once are all made, and peers reach the relay afterwards', async (t) => {
  const relay = await TestRelayPlane.start();
  const peers = Array.from({ length: 8 }, () => createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1'));
  await Promise.all(peers.map((peer) => once(peer, 'listening')));
  const attempt = Promise.withResolvers<void>();
  const turn = await connectTurn(optionsFor(relay, { onConnectionAttempt: () => attempt.resolve() }));
  t.after(async () => (turn.close(), peers.forEach((peer) => peer.close()), relay.close()));
  const { relayed } = await turn.allocate({ transport: 'tcp' });
  const addresses = peers.map((peer) => parseTransportAddress(`127.0.0.1:${(peer.address() as { port: number }).port}`) ?? assert.fail());
  const streams = await Promise.all(addresses.map((address) => turn.connectPeer(address)));
  assert.deepEqual((await Promise.all(streams.map(readAll))).map(String), addresses.map(() => 'hello'));
  await turn.permit(parseTransportAddress('127.0.0.1:1') ?? assert.fail());
  const caller = connect(relayed[0]?.port ?? 0, '127.0.0.1');
  await attempt.promise;
  caller.destroy();
});

test('a peer that does not listen is 447, and the end of the allocation ends its streams', async (t) => {
  const relay = await TestRelayPlane.start();
  const peer = createServer(() => {}).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const turn = await connectTurn(optionsFor(relay));
  t.after(async () => (turn.close(), peer.close(), relay.close()));
  await turn.allocate({ transport: 'tcp' });
  await assert.rejects(turn.connectPeer(parseTransportAddress('127.0.0.1:1') ?? assert.fail()), { statusCode: 447 });
  const stream = await turn.connectPeer(parseTransportAddress(`127.0.0.1:${(peer.address() as { port: number }).port}`) ?? assert.fail());
  const ended = readAll(stream);
  await turn.release();
  assert.equal((await ended).length, 0);
});

test('streams are slowed down to the rate of their user', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { bytesPerSecondPerUser: 1_000_000 } });
  const peer = createServer((socket) => socket.end(Buffer.concat([megabyte, megabyte.subarray(0, 300_000)]))).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const turn = await connectTurn(optionsFor(relay));
  t.after(async () => (turn.close(), peer.close(), relay.close()));
  await turn.allocate({ transport: 'tcp' });
  const startedAt = performance.now();
  const stream = await turn.connectPeer(parseTransportAddress(`127.0.0.1:${(peer.address() as { port: number }).port}`) ?? assert.fail());
  assert.equal((await readAll(stream)).length, 1_300_000);
  assert.ok(performance.now() - startedAt >= 200, 'a second allowance of 300,000 bytes takes 0.3 s, less the last piece');
});
