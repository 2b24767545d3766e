/** Sockets whose thread exists for them: it waits for them and its event loop together. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { nativeTest } from '../test-kernels.ts';
import { createUdpSockets } from './create-udp-sockets.ts';
import { openPeer } from './test-udp.ts';

const kernels = JSON.stringify(new URL('create-udp-sockets.ts', import.meta.url).href);

/** A worker that owns its thread, tells its port and then whatever `body` posts; `sockets`, `parentPort` and the number of a batch are at hand. */
async function startOwner(t: TestContext, body: string): Promise<{ readonly worker: Worker; readonly port: number }> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    let onBatch = () => {};
    import(${kernels}).then(({ createUdpSockets }) => {
      const sockets = createUdpSockets({ implementation: 'native', thread: 'own', onBatch: (count) => { onBatch(count); return 0; } });
      ${body}
      sockets.open({ address: '127.0.0.1', port: 0 }, (opened) => parentPort.postMessage(sockets.portOf(opened)));
    });`,
    { eval: true },
  );
  t.after(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  return { worker, port };
}

nativeTest('udp', 'what the event loop has is done between datagrams and while none come: messages, timers, immediates, promises', async (t) => {
  const { worker, port } = await startOwner(
    t,
    `onBatch = (count) => {
      Promise.resolve().then(() => parentPort.postMessage('promise'));
      setImmediate(() => parentPort.postMessage('immediate'));
      setTimeout(() => parentPort.postMessage('timer'), 5);
      parentPort.postMessage('batch');
    };
    parentPort.on('message', (message) => setTimeout(() => parentPort.postMessage(message), 3));`,
  );
  const peer = await openPeer(t);
  const told: string[] = [];
  worker.on('message', (message: string) => told.push(message));
  const untilTold = async (count: number): Promise<void> => {
    while (told.length < count) await once(worker, 'message');
  };
  worker.postMessage('from outside');
  await untilTold(1);
  assert.deepEqual(told, ['from outside'], 'while no datagram comes');
  for (let round = 1; round <= 20; round += 1) {
    peer.socket.send('x', port, '127.0.0.1');
    worker.postMessage('between');
    await untilTold(1 + 5 * round);
    assert.deepEqual(told.slice(-5).toSorted(), ['batch', 'between', 'immediate', 'promise', 'timer']);
  }
});

nativeTest('udp', 'datagrams without a pause keep the event loop from nothing', async (t) => {
  const { worker, port } = await startOwner(
    t,
    `parentPort.on('message', (port) => {
      // To itself, for ever: the next one is there whenever the last one was served.
      let batches = 0;
      const send = () => { batches += 1; sockets.outgoing.set([0, 4, port, 0x7f000001, 0, 0, 0, sockets.scratch.offset, 1]); sockets.send(1); };
      onBatch = send;
      send();
      setTimeout(() => parentPort.postMessage(batches), 20);
      setImmediate(() => parentPort.postMessage('immediate'));
    });`,
  );
  const told: unknown[] = [];
  worker.on('message', (message: unknown) => told.push(message));
  worker.postMessage(port);
  while (told.length < 2) await once(worker, 'message');
  assert.equal(told[0], 'immediate');
  assert.ok(Number(told[1]) > 20, `${String(told[1])} batches until the timer was due`);
});

nativeTest('udp', 'its waiting is told, since the event loop takes it for work; while datagrams gather the loop waits as ever', async (t) => {
  const { worker, port } = await startOwner(
    t,
    `let batches = 0;
    onBatch = () => {
      batches += 1;
      if (batches % 10 === 0) sockets.setCoalescing(batches % 20 === 0 ? 0 : 1000);
      const { active } = require('node:perf_hooks').performance.eventLoopUtilization();
      parentPort.postMessage([sockets.statistics().waitedMs, active]);
    };`,
  );
  const peer = await openPeer(t);
  const batches: (readonly [number, number])[] = [];
  for (let count = 0; count < 50; count += 1) {
    peer.socket.send('x', port, '127.0.0.1');
    batches.push(((await once(worker, 'message')) as [readonly [number, number]])[0]);
  }
  for (const [waitedMs, activeMs] of batches) assert.ok(waitedMs <= activeMs, `${waitedMs} of ${activeMs} ms`);
  assert.ok((batches.at(-1)?.[0] ?? 0) > 0);
});

nativeTest('udp', 'a thread has one owner at a time, and others beside it that it does not keep waiting', async (t) => {
  const peer = await openPeer(t);
  const open = (thread: 'own' | 'shared', onBatch: () => void): { readonly sockets: ReturnType<typeof createUdpSockets>; readonly port: number } => {
    const sockets = createUdpSockets({ implementation: 'native', thread, onBatch: () => (onBatch(), 0) });
    t.after(() => sockets.destroy());
    let socket = -1;
    sockets.open({ address: '127.0.0.1', port: 0 }, (opened) => (socket = Number(opened)));
    return { sockets, port: sockets.portOf(socket) };
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  const owner = open('own', () => {});
  const other = open('shared', resolve);
  assert.throws(() => open('own', () => {}), { code: 'EBUSY' });
  peer.socket.send('x', other.port, '127.0.0.1');
  await promise;
  owner.sockets.destroy();
  const next = Promise.withResolvers<void>();
  const successor = open('own', next.resolve);
  await turn();
  peer.socket.send('x', successor.port, '127.0.0.1');
  await next.promise;
});
