import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPeer, UdpBench } from './test-udp.ts';

for (const implementation of ['dgram'] as const) {
  test(`${implementation}: what is received and sent`, async (t) => {
    await t.test('a datagram with a gathered header, over IPv4 and IPv6', async () => {
      for (const address of ['127.0.0.1', '::1']) {
        const bench = new UdpBench(implementation);
        const peer = await openPeer(address);
        const socket = await bench.open({ address });
        bench.send({ socket, address, port: peer.port, header: Buffer.from('hello '), payload: Buffer.from('world') });
        assert.equal((await peer.until(1))[0]?.toString(), 'hello world');
        peer.socket.send('answer', bench.sockets.portOf(socket), address);
        const [item] = await bench.until(1);
        assert.deepEqual({ socket: item?.socket, port: item?.port, text: item?.bytes.toString() }, { socket, port: peer.port, text: 'answer' });
        bench.sockets.destroy();
        peer.socket.close();
      }
    });

    await t.test('why a socket cannot be opened', async () => {
      const bench = new UdpBench(implementation);
      const socket = await bench.open();
      await assert.rejects(bench.open({ port: bench.sockets.portOf(socket) }), { code: 'EADDRINUSE' });
      await assert.rejects(bench.open({ address: '192.0.2.1' }), { code: 'EADDRNOTAVAIL' });
      await assert.rejects(bench.open({ address: 'localhost' }), { code: 'EINVAL' });
      await assert.rejects(bench.open({ port: 65_536 }), { code: 'EINVAL' });
      bench.sockets.destroy();
    });

    await t.test('closing inside the callback silences the socket, and a number is not used again', async () => {
      const bench = new UdpBench(implementation);
      const peer = await openPeer();
      const [first, second] = [await bench.open(), await bench.open()];
      bench.onItem = (item) => item.socket === first && bench.sockets.close(first);
      const port = bench.sockets.portOf(first);
      for (let count = 0; count < 10; count += 1) peer.socket.send('x', port, '127.0.0.1');
      await bench.until(1);
      peer.socket.send('y', bench.sockets.portOf(second), '127.0.0.1');
      while (bench.items.at(-1)?.socket !== second) await bench.until(bench.items.length + 1);
      assert.throws(() => bench.sockets.portOf(first), RangeError);
      assert.notEqual(await bench.open(), first);
      bench.sockets.destroy();
      peer.socket.close();
    });

    await t.test('what cannot be sent is counted, and what is no descriptor is refused', async () => {
      const bench = new UdpBench(implementation);
      const peer = await openPeer();
      const socket = await bench.open();
      const datagram = { socket, address: '127.0.0.1', port: peer.port, payload: Buffer.from('x') };
      bench.send({ ...datagram, socket: socket + 1 }, { ...datagram, port: 0 }, datagram);
      await peer.until(1);
      assert.throws(() => bench.sockets.send(-1), RangeError);
      assert.throws(() => bench.sockets.send(bench.sockets.outgoingCapacity + 1), RangeError);
      bench.describe(0, datagram);
      bench.sockets.outgoing[7] = bench.sockets.slab.length;
      assert.throws(() => bench.sockets.send(1), RangeError);
      assert.equal(bench.sockets.statistics().droppedSends, 2);
      bench.sockets.destroy();
      peer.socket.close();
    });
  });
}
