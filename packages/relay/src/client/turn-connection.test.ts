import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { formatIpAddress, formatTransportAddress, parseTransportAddress, type TransportAddress } from '@dialplane/stun';
import { TestRelayPlane } from '../test-relay-plane.ts';
import { askBinding } from './ask-binding.ts';
import { connectTurn } from './turn-connection.ts';

async function echoPeer(host = '127.0.0.1'): Promise<{ readonly address: TransportAddress; close(): void; readonly sources: string[] }> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4').bind(0, host);
  await once(socket, 'listening');
  const sources: string[] = [];
  socket.on('message', (bytes, from) => {
    sources.push(from.family === 'IPv6' ? `[${from.address}]:${from.port}` : `${from.address}:${from.port}`);
    socket.send(bytes, from.port, from.address);
  });
  const address = parseTransportAddress(host === '::1' ? `[::1]:${socket.address().port}` : `${host}:${socket.address().port}`);
  assert.ok(address);
  return { address, sources, close: () => socket.close() };
}

for (const transport of ['udp', 'tcp'] as const) {
  for (const way of ['permit', 'bindChannel'] as const) {
    test(`over ${transport}, by ${way}: what is sent comes back and is in the usage to the byte`, async (t) => {
      const relay = await TestRelayPlane.start();
      const peer = await echoPeer();
      const got = Promise.withResolvers<void>();
      const received: Buffer[] = [];
      const { username, password, grant } = relay.admit();
      const sent = [1, 0, 3, 1200, 60_000].map((length) => Buffer.alloc(length, length));
      const turn = await connectTurn({
        host: '127.0.0.1', port: relay.port, transport, username, password,
        onData: (_, bytes) => {
          received.push(Buffer.from(bytes));
          if (received.length === sent.length) got.resolve();
        },
      });
      t.after(async () => (turn.close(), peer.close(), relay.close()));
      const { relayed, mapped } = await turn.allocate();
      assert.equal(mapped?.port, turn.path.localPort);
      await turn[way](peer.address);
      for (const bytes of sent) turn.send(peer.address, bytes);
      await got.promise;
      assert.deepEqual(received.toSorted((a, b) => a.length - b.length), sent.toSorted((a, b) => a.length - b.length));
      assert.deepEqual([...new Set(peer.sources)], relayed.map(formatTransportAddress));
      await turn.release();
      const [stopped] = await relay.usageOf(({ kind }) => kind === 'stopped');
      const bytes = sent.reduce((sum, { length }) => sum + length, 0);
      assert.deepEqual(stopped?.totals, { toPeerBytes: bytes, toPeerPackets: sent.length, toClientBytes: bytes, toClientPackets: sent.length });
      assert.deepEqual([stopped.reason, stopped.grant, stopped.clientTransport, stopped.peerTransport], ['deleted', grant, transport, 'udp']);
    });
  }
}

test('a dual allocation reaches peers of both families', async (t) => {
  const relay = await TestRelayPlane.start();
  const peers = [await echoPeer(), await echoPeer('::1')];
  const { username, password } = relay.admit();
  const answered = Promise.withResolvers<void>();
  const from = new Set<string>();
  const turn = await connectTurn({
    host: '::1', port: relay.port, transport: 'udp', username, password,
    onData: (peer) => from.add(formatIpAddress(peer)).size === 2 && answered.resolve(),
  });
  t.after(async () => (turn.close(), peers.forEach((peer) => peer.close()), relay.close()));
  const { relayed } = await turn.allocate({ family: 'dual' });
  assert.deepEqual(relayed.map(({ family }) => family), [4, 6]);
  for (const { address } of peers) {
    await turn.bindChannel(address);
    turn.send(address, Buffer.from('hello'));
  }
  await answered.promise;
});

test('wrong credentials, forbidden peers and a silent server are told as what they are', async (t) => {
  const relay = await TestRelayPlane.start({ peers: {} });
  t.after(() => relay.close());
  const { username, password } = relay.admit();
  const options = { host: '127.0.0.1', port: relay.port, transport: 'tcp', username, password } as const;
  const stranger = await connectTurn({ ...options, password: 'wrong' });
  await assert.rejects(stranger.allocate(), { reason: 'STUN_CREDENTIALS_REFUSED' });
  stranger.close();
  const turn = await connectTurn(options);
  await turn.allocate();
  const loopback = parseTransportAddress('127.0.0.1:9') ?? assert.fail();
  await assert.rejects(turn.bindChannel(loopback), { reason: 'bindChannel', statusCode: 403 });
  await assert.rejects(turn.permit(parseTransportAddress('[2001:db8::1]:9') ?? assert.fail()), { statusCode: 443 });
  turn.close();
  await assert.rejects(turn.allocate(), { reason: 'released' });
  await assert.rejects(connectTurn({ ...options, port: 1 }), { code: 'ECONNREFUSED' });
});

test('binding: one socket, two ports, the same answer without a NAT', async (t) => {
  const relay = await TestRelayPlane.start();
  t.after(() => relay.close());
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const answers = await Promise.all(relay.plane.ports.map((port) => askBinding({ host: '127.0.0.1', port, transport: 'udp' }, { socket })));
  assert.deepEqual(answers.map((answer) => answer?.mapped.port), [socket.address().port, socket.address().port]);
  socket.close();
  assert.notEqual(await askBinding({ host: '127.0.0.1', port: relay.port, transport: 'tcp' }), undefined);
});
