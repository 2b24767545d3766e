/** What only the native implementation can do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { isolatedTest, nativeTest } from '../test-kernels.ts';
import { openPeer, UdpBench } from './test-udp.ts';

const implementation = 'native';

nativeTest('udp', 'an ICMP error is told with the destination it is about', async (t) => {
  for (const { address, told, type, code } of [{ address: '127.0.0.1', told: '127.0.0.1', type: 3, code: 3 }, { address: '::1', told: '0:0:0:0:0:0:0:1', type: 1, code: 4 }]) {
    const bench = new UdpBench(t, implementation);
    const peer = await openPeer(t, address);
    const [socket, refusing] = [await bench.open({ address }), await bench.open({ address })];
    const port = bench.sockets.portOf(refusing);
    bench.sockets.close(refusing);
    const refused = { socket, address, port, payload: Buffer.from('x') };
    bench.send(refused, { ...refused, port: peer.port });
    bench.send(refused, { ...refused, port: peer.port });
    bench.send({ ...refused, port: peer.port });
    assert.equal((await peer.until(3)).length, 3, 'the error of one destination costs no other a datagram');
    const error = { kind: 'icmpError', socket, address: told, port, type, code, mtu: 0 };
    assert.deepEqual(await bench.until(2), [error, error]);
    assert.equal(bench.sockets.statistics().droppedSends, 0);
    peer.socket.send('y', bench.sockets.portOf(socket), address);
    assert.equal((await bench.until(3))[2]?.kind, 'datagram', 'and the socket goes on receiving');
  }
});

nativeTest('udp', 'datagrams of equal size go as one run, whose last may be shorter, and arrive one by one in order', async (t) => {
  const [sender, receiver] = [new UdpBench(t, implementation), new UdpBench(t, implementation)];
  const peer = await openPeer(t);
  const [socket, other] = [await sender.open(), await receiver.open({ bufferBytes: 4 * 1024 * 1024 })];
  const sizes = [...Array<number>(70).fill(1200), 37, 37, 1200, 500, 501, 0, 1, 2000, 2000, 1999];
  const payloads = sizes.map((size, index) => Buffer.alloc(size, index));
  for (const port of [receiver.sockets.portOf(other), peer.port]) {
    const datagram = { socket, address: '127.0.0.1', port };
    sender.send(...payloads.map((payload) => ({ ...datagram, header: payload.subarray(0, 4), payload: payload.subarray(4) })));
  }
  await receiver.until(payloads.length);
  assert.deepEqual(receiver.datagrams(), payloads, 'to a socket that takes runs');
  assert.deepEqual(await peer.until(payloads.length), payloads, 'to one that does not');
  const { sentDatagrams, sendCalls, droppedSends } = sender.sockets.statistics();
  assert.deepEqual({ sentDatagrams, droppedSends }, { sentDatagrams: 2 * payloads.length, droppedSends: 0 });
  assert.ok(sendCalls <= 4, `${sendCalls} calls`);
});

nativeTest('udp', 'interleaved flows are sorted into runs, each in its order', async (t) => {
  const bench = new UdpBench(t, implementation);
  const peers = [await openPeer(t), await openPeer(t), await openPeer(t, '::1')];
  const [ipv4, ipv6] = [await bench.open(), await bench.open({ address: '::1' })];
  const datagrams = Array.from({ length: 300 }, (_, index) => {
    const peer = peers[index % 3];
    return { socket: index % 3 === 2 ? ipv6 : ipv4, address: index % 3 === 2 ? '::1' : '127.0.0.1', port: peer?.port ?? 0, payload: Buffer.from(String(index).padStart(3, '0')) };
  });
  bench.send(...datagrams);
  for (const [index, peer] of peers.entries()) assert.deepEqual((await peer.until(100)).map(Number), Array.from({ length: 100 }, (_, each) => 3 * each + index));
  assert.equal(bench.sockets.statistics().sendCalls, 2, 'one call for each socket');
});

isolatedTest('udp', 'what is larger than the path takes is fragmented, or told and dropped where that is forbidden', (_, runIsolated) => {
  const told = runIsolated(`ip link set lo mtu 1500 up; exec '${process.execPath}' '${join(import.meta.dirname, 'test-small-mtu.ts')}'`);
  const arrived = '3000 bytes, 1000 bytes, 1000 bytes, 2000 bytes, 2000 bytes, 999 bytes, 1001 bytes';
  assert.deepEqual(told.trim().split('\n'), [`127.0.0.1, dropped 1, type 3 code 4 MTU 1500, ${arrived}`, `::1, dropped 1, type 2 code 0 MTU 1500, ${arrived}`]);
});

nativeTest('udp', 'more than one callback can take, and more than the slab holds', async (t) => {
  const [sender, receiver] = [new UdpBench(t, implementation), new UdpBench(t, implementation)];
  const sockets = await Promise.all(Array.from({ length: 40 }, () => receiver.open({ bufferBytes: 8 * 1024 * 1024 })));
  const socket = await sender.open({ bufferBytes: 8 * 1024 * 1024 });
  const expected = new Map<number, Buffer[]>();
  for (const [index, to] of sockets.entries()) {
    const payloads = Array.from({ length: 50 }, (_, each) => Buffer.alloc(index < 20 ? 3000 : 50, index + each));
    expected.set(to, payloads);
    for (let first = 0; first < payloads.length; first += 7) {
      sender.send(...payloads.slice(first, first + 7).map((payload) => ({ socket, address: '127.0.0.1', port: receiver.sockets.portOf(to), payload })));
    }
  }
  await receiver.until(2000);
  for (const [to, payloads] of expected) assert.deepEqual(receiver.received.flatMap((item) => (item.kind === 'datagram' && item.socket === to ? [item.bytes] : [])), payloads);
});

nativeTest('udp', 'coalescing gathers what arrives, and ends where nothing does or it is turned off', async (t) => {
  const [sender, receiver] = [new UdpBench(t, implementation), new UdpBench(t, implementation)];
  const [socket, other] = [await sender.open(), await receiver.open()];
  const datagram = { socket, address: '127.0.0.1', port: receiver.sockets.portOf(other), payload: Buffer.from('x') };
  for (const [microseconds, count] of [[1000, 1], [1000, 2], [50_000, 3], [0, 4], [1000, 5]] as const) {
    receiver.sockets.setCoalescing(microseconds);
    sender.send(datagram);
    await receiver.until(count);
  }
  const before = receiver.sockets.statistics().wakeUps;
  for (let count = 0; count < 50; count += 1) sender.send(datagram);
  await receiver.until(55);
  assert.ok(receiver.sockets.statistics().wakeUps - before < 50);
  assert.throws(() => receiver.sockets.setCoalescing(-1), RangeError);
  assert.throws(() => receiver.sockets.setCoalescing(2_000_000), RangeError);
});

nativeTest('udp', 'a thread can be terminated while its sockets are busy, or end itself inside the callback', async (t) => {
  const peer = await openPeer(t);
  const source = (thread: string, onBatch: string): string => `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(new URL('create-udp-sockets.ts', import.meta.url).href)}).then(({ createUdpSockets }) => {
      const sockets = createUdpSockets({ implementation: 'native', thread: '${thread}', onBatch: () => { ${onBatch} } });
      sockets.setCoalescing(1000);
      for (let count = 0; count < 20; count += 1) sockets.open({ address: '127.0.0.1', port: 0 }, (opened) => count === 0 && parentPort.postMessage(sockets.portOf(opened)));
    });`;
  const batches = ['return 0;', 'while (true);', 'process.exit(5);', 'sockets.destroy(); process.exit(6);'];
  for (const [thread, onBatch] of ['shared', 'own'].flatMap((use) => batches.map((one) => [use, one] as const))) {
    const worker = new Worker(source(thread, `parentPort.postMessage('told'); ${onBatch}`), { eval: true });
    const exit = once(worker, 'exit');
    const [port] = (await once(worker, 'message')) as [number];
    for (let count = 0; count < 20; count += 1) peer.socket.send('x', port, '127.0.0.1');
    await once(worker, 'message');
    if (!onBatch.includes('exit')) void worker.terminate();
    assert.deepEqual(await exit, [Number(/exit\((\d)/.exec(onBatch)?.[1] ?? 1)], onBatch);
  }
});

nativeTest('udp', 'sockets keep the process alive, and nothing else does', async () => {
  const script = (thread: string, rest: string): string => `
    const { createUdpSockets } = await import(${JSON.stringify(new URL('create-udp-sockets.ts', import.meta.url).href)});
    const sockets = createUdpSockets({ implementation: 'native', thread: '${thread}', onBatch: () => 0 });
    ${rest}`;
  const open = `sockets.open({ address: '127.0.0.1', port: 0 }, (opened) => { socket = opened; });`;
  const rests = ['', `let socket; ${open} sockets.close(socket);`, `let socket; ${open} sockets.destroy(); sockets.close(socket); sockets.setCoalescing(5);`];
  for (const [thread, rest] of ['shared', 'own'].flatMap((use) => rests.map((one) => [use, one] as const))) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script(thread, rest)], { stdio: 'inherit' });
    assert.deepEqual(await once(child, 'exit'), [0, null], rest);
  }
});

nativeTest('udp', 'what the callback throws is the uncaught exception of the process, and the sockets go on', async () => {
  const script = `
    const { createUdpSockets } = await import(${JSON.stringify(new URL('create-udp-sockets.ts', import.meta.url).href)});
    const results = [() => { throw new Error('ours'); }, () => -1, () => 5000, () => 1, () => 0];
    const sockets = createUdpSockets({ implementation: 'native', onBatch: () => results.shift()() });
    sockets.outgoing[7] = -1;
    sockets.open({ address: '127.0.0.1', port: 0 }, async (socket) => {
      const { createSocket } = await import('node:dgram');
      const peer = createSocket('udp4');
      const next = () => { if (results.length === 0) { sockets.destroy(); peer.close(); } else { peer.send('x', sockets.portOf(socket), '127.0.0.1'); } };
      process.on('uncaughtException', (error) => { console.log(error.name); next(); });
      peer.send('x', sockets.portOf(socket), '127.0.0.1');
    });
    const last = setInterval(() => { if (results.length === 0) { clearInterval(last); sockets.destroy(); process.exit(0); } }, 5);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => { said += String(chunk); });
  await once(child, 'exit');
  assert.deepEqual(said.trim().split('\n'), ['Error', 'RangeError', 'RangeError', 'RangeError']);
});
