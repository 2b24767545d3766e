/** Datagrams that may wait (`mayWait`), which only the native implementation lets wait. */
import assert from 'node:assert/strict';
import { nativeTest } from '../test-kernels.ts';
import { createUdpSockets } from './create-udp-sockets.ts';
import { openPeer, UdpBench } from './test-udp.ts';
import { filterCode, receivedWords } from './udp-sockets.ts';

/** Those that begin with a "p". */
const mayWait = Int32Array.of(filterCode.loadByte, 0, 0, 0, filterCode.jumpIfEqual, 0, 1, 0x70, filterCode.return, 0, 0, 1, filterCode.return, 0, 0, 0);

for (const address of ['127.0.0.1', '::1']) {
  nativeTest('udp', `what may wait is told behind what may not, or by itself where nothing else comes (${address})`, async (t) => {
    const bench = new UdpBench(t, 'native');
    const peer = await openPeer(t, address);
    const socket = await bench.open({ address, mayWait });
    const send = (...texts: string[]): Promise<unknown> => Promise.all(texts.map((text) => new Promise((sent) => void peer.socket.send(text, bench.sockets.portOf(socket), address, sent))));
    const told = (): readonly string[] => bench.datagrams().map(String);

    await send('p1');
    await bench.until(1);
    assert.deepEqual(told(), ['p1'], 'nothing else came before');
    const inOrder = ['a', 'b', '', 'p2', 'p3'];
    // Where this process is kept from running for long, they have waited long enough before the others are sent.
    for (let attempt = 0; attempt < 50; attempt += 1) {
      bench.received.length = 0;
      await send('a');
      await bench.until(1);
      await send('p2', 'p3', 'b', '');
      await bench.until(5);
      if (told().join() === inOrder.join()) break;
    }
    assert.deepEqual(told(), inOrder);
    await send('p4');
    await bench.until(6);
    assert.equal(told()[5], 'p4', 'nothing else comes after');
    assert.ok(bench.received.every((item) => item.socket === socket), 'all are of one socket');
  });
}

nativeTest('udp', 'how long a datagram has waited is told of those that may', async (t) => {
  const peer = await openPeer(t);
  const waits: number[] = [];
  const sockets = createUdpSockets({
    implementation: 'native',
    onBatch: (count) => {
      for (let index = 0; index < count; index += 1) waits.push(sockets.received[index * receivedWords.stride + receivedWords.detail] ?? -1);
      if (waits.length < 2) peer.socket.send('p', port, '127.0.0.1');
      else done.resolve();
      return 0;
    },
  });
  t.after(() => sockets.destroy());
  const done = Promise.withResolvers<void>();
  let port = 0;
  sockets.open({ address: '127.0.0.1', port: 0, mayWait }, (opened) => (port = sockets.portOf(Number(opened))));
  peer.socket.send('a', port, '127.0.0.1');
  await done.promise;
  const [atOnce, waited = 0] = waits;
  assert.equal(atOnce, 0);
  assert.ok(waited > 0 && waited <= 1_000_000, `${waited} us`);
});

nativeTest('udp', 'a port whose datagrams may wait is nobody else\'s, and free once it is closed', async (t) => {
  const bench = new UdpBench(t, 'native');
  const socket = await bench.open({ mayWait });
  const port = bench.sockets.portOf(socket);
  await assert.rejects(bench.open({ port, mayWait }), { code: 'EADDRINUSE' });
  await assert.rejects(bench.open({ port }), { code: 'EADDRINUSE' });
  bench.sockets.close(socket);
  const peer = await openPeer(t);
  const again = await bench.open({ port, mayWait });
  await new Promise((sent) => void peer.socket.send('p', port, '127.0.0.1', sent));
  await bench.until(1);
  assert.equal(bench.received[0]?.socket, again);
});

nativeTest('udp', 'a filter that the system refuses lets nothing wait', async (t) => {
  const bench = new UdpBench(t, 'native');
  const peer = await openPeer(t);
  const socket = await bench.open({ mayWait: Int32Array.of(filterCode.jumpIfEqual, 9, 9, 0) });
  await new Promise((sent) => void peer.socket.send('p', bench.sockets.portOf(socket), '127.0.0.1', sent));
  await bench.until(1);
  assert.deepEqual(bench.datagrams().map(String), ['p']);
});
