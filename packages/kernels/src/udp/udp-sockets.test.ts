/** What holds for both implementations; what only the native one can do is in native-udp-sockets.test.ts. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { nativeTest } from '../test-kernels.ts';
import { createUdpSockets, type UdpSocketsOptions } from './create-udp-sockets.ts';
import { openPeer, UdpBench } from './test-udp.ts';
import { outgoingWords } from './udp-sockets.ts';

type Implementation = NonNullable<UdpSocketsOptions['implementation']>;

function testBoth(name: string, run: (t: TestContext, implementation: Implementation) => Promise<void>): void {
  test(`dgram: ${name}`, (t) => run(t, 'dgram'));
  nativeTest('udp', `native: ${name}`, (t) => run(t, 'native'));
}

testBoth('a datagram with a gathered header, over IPv4 and IPv6', async (t, implementation) => {
  for (const address of ['127.0.0.1', '::1']) {
    const bench = new UdpBench(t, implementation);
    const peer = await openPeer(t, address);
    const socket = await bench.open({ address, bufferBytes: 256 * 1024 });
    bench.send({ socket, address, port: peer.port, header: Buffer.from('hello '), payload: Buffer.from('world') });
    assert.equal((await peer.until(1))[0]?.toString(), 'hello world');
    peer.socket.send('answer', bench.sockets.portOf(socket), address);
    const full = address === '::1' ? '0:0:0:0:0:0:0:1' : address;
    assert.deepEqual(await bench.until(1), [{ kind: 'datagram', socket, address: full, port: peer.port, bytes: Buffer.from('answer') }]);
  }
});

testBoth('the answers of a batch are sent from the bytes that were received', async (t, implementation) => {
  const peer = await openPeer(t);
  const sockets = createUdpSockets({ implementation, onBatch: (count) => {
    for (let index = 0; index < count; index += 1) {
      const [, socket = 0, family = 0, port = 0, w0 = 0, w1 = 0, w2 = 0, w3 = 0, offset = 0, length = 0] = sockets.received.subarray(index * 12);
      sockets.outgoing.set([socket, family, port, w0, w1, w2, w3, offset + 1, length - 1, offset, 1, 0], index * outgoingWords.stride);
    }
    return count;
  } });
  t.after(() => sockets.destroy());
  const socket = await new Promise<number>((resolve) => sockets.open({ address: '127.0.0.1', port: 0 }, (opened) => resolve(Number(opened))));
  const sent = Array.from({ length: 50 }, (_, index) => Buffer.alloc(1 + (index * 37) % 1300, index));
  for (const bytes of sent) peer.socket.send(bytes, sockets.portOf(socket), '127.0.0.1');
  assert.deepEqual(await peer.until(50), sent);
});

testBoth('empty datagrams and the largest', async (t, implementation) => {
  const [sender, receiver] = [new UdpBench(t, implementation), new UdpBench(t, implementation)];
  const [socket, other] = [await sender.open({ bufferBytes: 1024 * 1024 }), await receiver.open({ bufferBytes: 1024 * 1024 })];
  const to = { socket, address: '127.0.0.1', port: receiver.sockets.portOf(other) };
  const payloads = [Buffer.alloc(0), Buffer.alloc(65_507, 'a'), Buffer.alloc(0), Buffer.alloc(3000, 'b'), Buffer.alloc(2112, 'c'), Buffer.alloc(2113, 'd')];
  sender.send(...payloads.map((payload) => ({ ...to, payload })), { ...to, payload: Buffer.alloc(65_508) });
  await receiver.until(payloads.length);
  assert.deepEqual(receiver.datagrams(), payloads);
});

testBoth('why a socket cannot be opened', async (t, implementation) => {
  const bench = new UdpBench(t, implementation);
  const socket = await bench.open();
  await assert.rejects(bench.open({ port: bench.sockets.portOf(socket) }), { code: 'EADDRINUSE' });
  await assert.rejects(bench.open({ address: '192.0.2.1' }), { code: 'EADDRNOTAVAIL' });
  await assert.rejects(bench.open({ address: 'localhost' }), { code: 'EINVAL' });
  await assert.rejects(bench.open({ port: 65_536 }), { code: 'EINVAL' });
});

testBoth('one port serves IPv4 and IPv6 by a socket each', async (t, implementation) => {
  const bench = new UdpBench(t, implementation);
  const socket = await bench.open({ address: '0.0.0.0' });
  const other = await bench.open({ address: '::', port: bench.sockets.portOf(socket) });
  assert.equal(bench.sockets.portOf(other), bench.sockets.portOf(socket));
});

testBoth('closing inside the callback silences the socket, and its number stays wrong', async (t, implementation) => {
  const bench = new UdpBench(t, implementation);
  const peer = await openPeer(t);
  const [first, second] = [await bench.open(), await bench.open()];
  const batches: number[] = [];
  bench.onReceived = (item) => {
    batches.push(item.socket);
    if (item.socket === first) bench.sockets.close(first);
  };
  const port = bench.sockets.portOf(first);
  for (let count = 0; count < 10; count += 1) peer.socket.send('x', port, '127.0.0.1');
  await bench.until(1);
  const reopened = await bench.open({ port });
  peer.socket.send('y', bench.sockets.portOf(second), '127.0.0.1');
  while (batches.at(-1) !== second) await bench.until(bench.received.length + 1);
  assert.notEqual(reopened, first);
  assert.equal(batches.includes(reopened), false, 'what was in flight for the closed socket is not told as the new one\'s');
  assert.throws(() => bench.sockets.portOf(first), RangeError);
  bench.sockets.close(first);
});

testBoth('destroying inside the callback is the end of it', async (t, implementation) => {
  const bench = new UdpBench(t, implementation);
  const peer = await openPeer(t);
  const [socket, other] = [await bench.open(), await bench.open()];
  bench.onReceived = () => bench.sockets.destroy();
  peer.socket.send('x', bench.sockets.portOf(other), '127.0.0.1');
  peer.socket.send('x', bench.sockets.portOf(socket), '127.0.0.1');
  await bench.until(1);
  await assert.rejects(bench.open(), { code: 'EBADF' });
  assert.throws(() => bench.sockets.portOf(socket), RangeError);
  await new Promise(setImmediate); // The native engine is gone a turn later.
  await assert.rejects(bench.open(), { code: 'EBADF' });
  bench.send({ socket, address: '127.0.0.1', port: peer.port, payload: Buffer.from('x') });
  bench.sockets.close(socket);
  bench.sockets.destroy();
});

testBoth('what cannot be sent is counted, and what is no descriptor is refused', async (t, implementation) => {
  const bench = new UdpBench(t, implementation);
  const peer = await openPeer(t);
  const socket = await bench.open();
  const datagram = { socket, address: '127.0.0.1', port: peer.port, payload: Buffer.from('x') };
  bench.send({ ...datagram, socket: socket + 1 }, { ...datagram, port: 0 }, { ...datagram, address: '::1' }, datagram);
  await peer.until(1);
  assert.throws(() => bench.sockets.send(-1), RangeError);
  assert.throws(() => bench.sockets.send(bench.sockets.outgoingCapacity + 1), RangeError);
  bench.describe(datagram);
  bench.sockets.outgoing[outgoingWords.offset] = bench.sockets.slab.length;
  assert.throws(() => bench.sockets.send(1), RangeError);
  const { droppedSends, sentDatagrams } = bench.sockets.statistics();
  assert.deepEqual({ droppedSends, sentDatagrams }, { droppedSends: 3, sentDatagrams: 1 });
});

testBoth('thousands of sockets come and go and leave no descriptor behind', async (t, implementation) => {
  const bench = new UdpBench(t, implementation);
  const peer = await openPeer(t);
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  await bench.open();
  const before = descriptors();
  const numbers = new Set<number>();
  for (let round = 0; round < 20; round += 1) {
    const opened = await Promise.all(Array.from({ length: 200 }, () => bench.open()));
    for (const socket of opened) {
      bench.send({ socket, address: '127.0.0.1', port: peer.port, payload: Buffer.from('x') });
      numbers.add(socket);
      bench.sockets.close(socket);
    }
  }
  assert.equal(numbers.size, 4000);
  await new Promise(setImmediate); // Node's sockets close a turn later.
  assert.ok(descriptors() <= before, `${before} descriptors before, ${descriptors()} behind`);
});
