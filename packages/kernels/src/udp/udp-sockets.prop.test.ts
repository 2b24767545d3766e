/** The native kernel and its twin are one thing: the same datagrams in are the same descriptors, the same descriptors are the same datagrams out. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { nativeTest } from '../test-kernels.ts';
import { openPeer, UdpBench } from './test-udp.ts';
import { filterCode, outgoingWords } from './udp-sockets.ts';

const size = fc.oneof(fc.constantFrom(0, 1, 160, 1200, 1201, 2111, 2112, 2113, 9000), fc.nat({ max: 3000 }));
/** Runs of datagrams to one place, as bursts are, with a header of 0 to 4 bytes each. */
const burst = fc.record({ from: fc.nat({ max: 1 }), to: fc.nat({ max: 2 }), size, count: fc.integer({ min: 1, max: 12 }), last: size, header: fc.nat({ max: 4 }) });
const bursts = fc.array(burst, { minLength: 1, maxLength: 12 });
/** A datagram of this size ends a round: everything before it has arrived when it has. */
const endBytes = 7777;
const bufferBytes = 4 * 1024 * 1024;
const runs = Number(process.env['PROPERTY_RUNS'] ?? 40);

type Burst = typeof burst extends fc.Arbitrary<infer Value> ? Value : never;

interface Planned {
  readonly from: number;
  readonly to: number;
  readonly header: Buffer;
  readonly payload: Buffer;
}

function plan(round: readonly Burst[]): readonly Planned[] {
  let serial = 0;
  return round.flatMap(({ from, to, size, count, last, header }) => Array.from({ length: count }, (_, index) => {
    serial += 1;
    const length = index === count - 1 ? last : size;
    return { from, to, header: Buffer.alloc(Math.min(header, length), serial), payload: Buffer.alloc(Math.max(0, length - header), serial) };
  }));
}

nativeTest('udp', 'the same descriptors are the same datagrams, flow by flow', async (t) => {
  const benches = { native: new UdpBench(t, 'native'), dgram: new UdpBench(t, 'dgram') };
  await fc.assert(fc.asyncProperty(bursts, async (round) => {
    const outcomes = await Promise.all(Object.values(benches).map(async (bench) => {
      const peers = [await openPeer(t), await openPeer(t), await openPeer(t)];
      const sockets = [await bench.open({ bufferBytes }), await bench.open({ bufferBytes })];
      const flows = peers.map(() => sockets.map((): number[] => []));
      const ended = peers.map((peer, index) => new Promise<void>((resolve) => {
        let ends = 0;
        peer.socket.on('message', (message, { port }) => {
          flows[index]?.[sockets.findIndex((socket) => bench.sockets.portOf(socket) === port)]?.push(message.length === 0 ? 0 : message.length * 256 + (message[0] ?? 0));
          if (message.length === endBytes && ++ends === sockets.length) resolve();
        });
      }));
      const describe = ({ from, to, header, payload }: Planned) => ({ socket: sockets[from] ?? 0, address: '127.0.0.1', port: peers[to]?.port ?? 0, header, payload });
      const ends = sockets.flatMap((_, from) => peers.map((__, to) => ({ from, to, header: Buffer.alloc(0), payload: Buffer.alloc(endBytes) })));
      bench.send(...[...plan(round), ...ends].map(describe));
      await Promise.all(ended);
      for (const socket of sockets) bench.sockets.close(socket);
      return flows;
    }));
    assert.deepEqual(outcomes[0], outcomes[1]);
  }), { numRuns: runs });
});

nativeTest('udp', 'the same datagrams are the same descriptors, from senders of either kind', async (t) => {
  await fc.assert(fc.asyncProperty(bursts, fc.constantFrom('native', 'dgram'), async (round, senderKind) => {
    const outcomes = await Promise.all((['native', 'dgram'] as const).map((kind) => receive(t, kind, senderKind, plan(round))));
    assert.deepEqual(outcomes[0], outcomes[1]);
  }), { numRuns: runs });
});

/** What arrived, per receiving socket and per source, in order. */
async function receive(t: TestContext, kind: 'native' | 'dgram', senderKind: 'native' | 'dgram', planned: readonly Planned[]): Promise<unknown> {
  const [receiver, sender] = [new UdpBench(t, kind), new UdpBench(t, senderKind)];
  const to = [await receiver.open({ bufferBytes }), await receiver.open({ bufferBytes }), await receiver.open({ bufferBytes })];
  const from = [await sender.open({ bufferBytes }), await sender.open({ bufferBytes })];
  const describe = (each: Planned) => ({ ...each, socket: from[each.from] ?? 0, address: '127.0.0.1', port: receiver.sockets.portOf(to[each.to] ?? 0) });
  sender.send(...planned.map(describe));
  await receiver.until(planned.length);
  const sources = from.map((socket) => sender.sockets.portOf(socket));
  const arrived = (socket: number, port: number) => receiver.received.flatMap((item) => (item.kind === 'datagram' && item.socket === socket && item.port === port ? [item] : []));
  const flows = to.map((socket) => sources.map((port) => arrived(socket, port).map(({ address, bytes }) => `${address} ${bytes.toString('base64')}`)));
  sender.sockets.destroy();
  receiver.sockets.destroy();
  return flows;
}

nativeTest('udp', 'no descriptor reaches what is not the slab: it is sent, dropped or refused', async (t) => {
  const bench = new UdpBench(t, 'native');
  const peer = await openPeer(t);
  const sockets = [await bench.open(), await bench.open({ address: '::1' })];
  const { length } = bench.sockets.slab;
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const place = fc.oneof(fc.nat({ max: length }), fc.integer({ min: length - 70_000, max: length + 10 }), int32);
  const extent = fc.oneof(fc.nat({ max: 70_000 }), fc.nat({ max: 4 }), int32);
  // Only this machine is sent to: the address is its loopback address, or of no family.
  const descriptor = fc.record({
    socket: fc.oneof(fc.constantFrom(...sockets), int32),
    address: fc.constantFrom([4, 0x7f000001, 0, 0, 0], [6, 0, 0, 0, 1], [0, 0x7f000001, 0, 0, 0], [-1, 0x7f000001, 0, 0, 0]),
    port: fc.oneof(fc.constant(peer.port), fc.integer({ min: -(2 ** 31), max: 0 }), fc.integer({ min: 65_536, max: 2 ** 31 - 1 })),
    payload: fc.tuple(place, extent),
    header: fc.oneof(fc.constant([0, 0]), fc.tuple(place, extent)),
    flags: int32,
  }).map(({ socket, address: [family = 0, ...words], port, payload, header, flags }) => [socket, family, port, words, payload, header, flags].flat());
  const outcomes = { sent: 0, refused: 0 };
  fc.assert(fc.property(fc.array(descriptor, { minLength: 1, maxLength: 80 }), (descriptors) => {
    for (const [index, words] of descriptors.entries()) bench.sockets.outgoing.set(words, index * outgoingWords.stride);
    try {
      bench.sockets.send(descriptors.length);
      outcomes.sent += 1;
    } catch (error) {
      assert.ok(error instanceof RangeError);
      outcomes.refused += 1;
    }
  }), { numRuns: runs * 50 });
  assert.ok(outcomes.sent > 0 && outcomes.refused > 0, JSON.stringify(outcomes));
});

/** Datagrams here begin with the port that they are sent to. */
const ofEvenPorts = Int32Array.of(filterCode.loadByte, 0, 0, 3, filterCode.and, 0, 0, 1, filterCode.jumpIfEqual, 0, 1, 0, filterCode.return, 0, 0, 1, filterCode.return, 0, 0, 0);

const step = fc.oneof(
  fc.record({ kind: fc.constant('open' as const), options: fc.constantFrom({}, { mayWait: ofEvenPorts }) }),
  fc.record({ kind: fc.constant('close' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('send' as const), from: fc.nat(), to: fc.nat(), count: fc.integer({ min: 1, max: 40 }), bytes: fc.integer({ min: 4, max: 5000 }) }),
  fc.record({ kind: fc.constant('coalesce' as const), microseconds: fc.constantFrom(0, 100, 1000) }),
);

nativeTest('udp', 'whatever is opened, closed and sent inside and outside callbacks, a datagram is told of the socket that it came to', async (t) => {
  let told = 0;
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), fc.array(step, { minLength: 10, maxLength: 60 }), async (outside, inside) => {
    const bench = new UdpBench(t, 'native');
    const open: number[] = [await bench.open(), await bench.open()];
    const perform = (each: (typeof outside)[number]): void => {
      switch (each.kind) {
        case 'open': return void bench.open(each.options).then((socket) => open.push(socket));
        case 'close': return void (open.length > 1 && bench.sockets.close(open.splice(each.which % open.length, 1)[0] ?? 0));
        case 'coalesce': return bench.sockets.setCoalescing(each.microseconds);
        case 'send': {
          const [socket = 0, to = 0] = [open[each.from % open.length], open[each.to % open.length]];
          const port = bench.sockets.portOf(to);
          const payload = Buffer.alloc(each.bytes, 0);
          payload.writeUInt32BE(port);
          return bench.send(...Array.from({ length: each.count }, () => ({ socket, address: '127.0.0.1', port, payload })));
        }
      }
    };
    bench.onReceived = (item) => {
      // A socket that was closed by an earlier datagram of this batch is still told of; its port is not asked for then.
      if (item.kind === 'datagram' && open.includes(item.socket)) assert.equal(item.bytes.readUInt32BE(), bench.sockets.portOf(item.socket));
      const next = inside.pop();
      if (next !== undefined) perform(next);
    };
    for (const each of outside) {
      perform(each);
      await new Promise(setImmediate);
    }
    const { receivedDatagrams, sentDatagrams } = bench.sockets.statistics();
    assert.equal(receivedDatagrams, bench.datagrams().length);
    assert.ok(receivedDatagrams <= sentDatagrams);
    told += receivedDatagrams;
    bench.sockets.destroy();
  }), { numRuns: runs });
  assert.ok(told > 1000, `${told} datagrams`);
});
