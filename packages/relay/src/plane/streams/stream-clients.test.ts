import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageBuilder, parseTransportAddress, stunMethod } from '@dialplane/stun';
import { connectTurn } from '../../client/turn-connection.ts';
import { TestRelayPlane } from '../../test-relay-plane.ts';
import { StreamOutbox } from './stream-outbox.ts';

const binding = new MessageBuilder(new Uint8Array(64)).begin('request', stunMethod.binding, new Uint8Array(12)).finish().slice();

/** What a server sent until it closed the stream. */
async function whole(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

async function pair(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [near, far];
}

test('streams that say nothing, nonsense, HTTP or TLS are closed, each as it understands', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { firstMessageMs: 50 } });
  t.after(() => relay.close());
  const ask = (bytes: Uint8Array | string): Promise<Buffer> => {
    const socket = connect(relay.port, '127.0.0.1');
    socket.write(bytes);
    return whole(socket);
  };
  const [silent, half, nonsense, http, tls] = await Promise.all([ask(''), ask(binding.subarray(0, 10)), ask(Uint8Array.of(9, 9, 9, 9)), ask('GET / HTTP/1.1\r\n\r\n'), ask(Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0))]);
  assert.deepEqual([silent.length, half.length, nonsense.length, http.length], [0, 0, 0, 0]);
  assert.deepEqual([...tls], [0x15, 3, 3, 0, 2, 2, 10]);
  while (relay.plane.statistics().streamsNow > 0) await nextTurn();
});

test('one address has so many streams, and may have another when one has ended', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { streamsPerAddress: 2 } });
  t.after(() => relay.close());
  const open = async (): Promise<Socket> => {
    const socket = connect(relay.port, '127.0.0.1');
    socket.write(binding);
    await once(socket, 'data');
    return socket;
  };
  const [first, second] = [await open(), await open()];
  const refused = connect(relay.port, '127.0.0.1');
  assert.equal((await whole(refused)).length, 0);
  assert.equal(relay.plane.statistics().streamsRefused, 1);
  const other = connect(relay.port, '::1');
  other.write(binding);
  await once(other, 'data');
  first.end();
  await once(first.resume(), 'close');
  while (relay.plane.statistics().streamsNow > 2) await nextTurn();
  const third = await open();
  for (const socket of [second, third, other]) socket.destroy();
});

test('messages are whole however a stream is cut, also many in one piece', async (t) => {
  const relay = await TestRelayPlane.start();
  t.after(() => relay.close());
  const socket = connect(relay.port, '127.0.0.1').setNoDelay(true);
  const many = Buffer.concat(Array.from({ length: 100 }, () => binding));
  let received = 0;
  const all = Promise.withResolvers<void>();
  socket.on('data', (chunk) => (received += chunk.length) === 200 * 32 && all.resolve());
  for (const byte of many.subarray(0, 4 * binding.length)) socket.write(Uint8Array.of(byte));
  socket.write(many.subarray(4 * binding.length));
  socket.write(many);
  await all.promise;
  assert.equal(relay.plane.statistics().bindings, 200);
  socket.destroy();
});

test('a stream that another port has decrypted is served as TLS from where it comes, both ways to the end', async (t) => {
  const relay = await TestRelayPlane.start();
  const front = createServer({ allowHalfOpen: true }, (stream) => relay.plane.takeStream({ stream, remoteAddress: '2001:db8::7', remotePort: 4321 })).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const peer = createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  t.after(async () => (front.close(), peer.close(), relay.close()));
  peer.on('message', (bytes, from) => peer.send(bytes, from.port, from.address));
  const answered = Promise.withResolvers<Uint8Array>();
  const { username, password } = relay.admit();
  const turn = await connectTurn({ host: '127.0.0.1', port: (front.address() as { port: number }).port, transport: 'tcp', username, password, onData: (_, bytes) => answered.resolve(bytes.slice()) });
  const { mapped } = await turn.allocate();
  assert.equal(mapped?.port, 4321);
  const address = parseTransportAddress(`127.0.0.1:${peer.address().port}`) ?? assert.fail();
  await turn.bindChannel(address);
  const sent = Buffer.alloc(1200, 7);
  turn.send(address, sent);
  assert.deepEqual(Buffer.from(await answered.promise), sent);
  turn.close();
  const [stopped] = await relay.usageOf(({ kind }) => kind === 'stopped');
  assert.deepEqual([stopped?.reason, stopped?.clientTransport, stopped?.clientAddress, stopped?.totals.toPeerBytes, stopped?.totals.toClientBytes], ['clientClosed', 'tls', '[2001:db8::7]:4321', 1200, 1200]);
});

test('more packets in one piece of a stream than the kernel takes at once: each is sent, in order, as it was', async (t) => {
  const relay = await TestRelayPlane.start();
  const peer = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 }).bind(0, '127.0.0.1');
  await once(peer, 'listening');
  const turn = await connectTurn({ host: '127.0.0.1', port: relay.port, transport: 'tcp', ...relay.admit() });
  t.after(async () => (turn.close(), peer.close(), relay.close()));
  await turn.allocate();
  const address = parseTransportAddress(`127.0.0.1:${peer.address().port}`) ?? assert.fail();
  await turn.bindChannel(address);
  const arrived: number[] = [];
  const last = Promise.withResolvers<void>();
  const packet = (index: number): Buffer => Buffer.concat([Buffer.from([index >>> 8, index & 255]), Buffer.alloc(index % 3, index)]);
  peer.on('message', (bytes) => {
    const index = bytes.readUInt16BE();
    assert.deepEqual(bytes, packet(index));
    arrived.push(index);
    if (index === 65_535) last.resolve();
  });
  for (let index = 0; index < 8_000; index += 1) turn.send(address, packet(index));
  await turn.permit(address);
  // What the peer's buffer did not hold is lost, as it may be: the last one is sent until it has arrived.
  const again = setInterval(() => turn.send(address, packet(65_535)), 20);
  await last.promise;
  clearInterval(again);
  await turn.release();
  const [stopped] = await relay.usageOf(({ kind }) => kind === 'stopped');
  assert.ok((stopped?.totals.toPeerPackets ?? 0) > 8_000);
  assert.deepEqual(arrived.slice(0, -1), arrived.slice(0, -1).toSorted((a, b) => a - b));
  assert.ok(arrived.length > 100, `${arrived.length} arrived`);
});

test('what a stream brings right before the end of its allocation is sent, as it is counted', async (t) => {
  const relay = await TestRelayPlane.start();
  const peer = createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  t.after(async () => (peer.close(), relay.close()));
  const address = parseTransportAddress(`127.0.0.1:${peer.address().port}`) ?? assert.fail();
  const expected = 20 * 50;
  const arrived = Promise.withResolvers<void>();
  let count = 0;
  peer.on('message', () => (count += 1) === expected && arrived.resolve());
  for (let round = 0; round < 20; round += 1) {
    const turn = await connectTurn({ host: '127.0.0.1', port: relay.port, transport: 'tcp', ...relay.admit() });
    await turn.allocate();
    await turn.bindChannel(address);
    for (let packet = 0; packet < 50; packet += 1) turn.send(address, Buffer.alloc(20));
    await turn.release();
  }
  const stopped = await relay.usageOf(({ kind }) => kind === 'stopped', 20);
  assert.equal(stopped.reduce((sum, { totals }) => sum + totals.toPeerPackets, 0), expected);
  await arrived.promise;
});

test('what a slow reader does not take is dropped and not counted, and nothing grows', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { waitingBytesPerStream: 10_000, bytesPerSecondPerUser: 1e12 } });
  const peer = createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  const { username, password } = relay.admit();
  const upstream = connect(relay.port, '127.0.0.1');
  const front = createServer((stream) => stream.pipe(upstream).pipe(stream)).listen(0, '127.0.0.1');
  await once(front, 'listening');
  let received = 0;
  const turn = await connectTurn({ host: '127.0.0.1', port: (front.address() as { port: number }).port, transport: 'tcp', username, password, onData: (_, bytes) => (received += bytes.length) });
  t.after(async () => (turn.close(), front.close(), peer.close(), relay.close()));
  const { relayed } = await turn.allocate();
  await turn.bindChannel(parseTransportAddress(`127.0.0.1:${peer.address().port}`) ?? assert.fail());
  upstream.pause();
  while (relay.plane.statistics().slowReaderDrops === 0) {
    for (let index = 0; index < 50; index += 1) peer.send(Buffer.alloc(1400), relayed[0]?.port, '127.0.0.1');
    await nextTurn();
  }
  upstream.resume();
  await turn.release();
  const [stopped] = await relay.usageOf(({ kind }) => kind === 'stopped');
  assert.equal(stopped?.totals.toClientBytes, received);
  assert.equal(stopped.totals.toClientPackets, received / 1400);
});

test('a batch is written in one piece, header and padding included', async () => {
  const [near, far] = await pair();
  const slab = Buffer.from('....abcdefgh');
  const outbox = new StreamOutbox(near, slab, 20);
  assert.deepEqual([outbox.queue(0x40000003, 4, 3, 1), outbox.queue(0x7ffe0005 | 0, 7, 5, 3), outbox.queue(0x40000001, 4, 1, 3)], [true, true, true]);
  assert.equal(outbox.queue(0x40000001, 4, 1, 3), false);
  outbox.flush();
  outbox.flush();
  near.end();
  assert.equal((await whole(far)).toString('latin1'), '\x40\0\0\x03abc\0\x7f\xfe\0\x05defgh\0\0\0\x40\0\0\x01a\0\0\0');
});
