/** The native kernel and its twin are one thing: the same datagrams in are the same descriptors, the same descriptors are the same datagrams out. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { nativeTest } from '../test-kernels.ts';
import { openPeer, UdpBench } from './test-udp.ts';

const size = fc.oneof(fc.constantFrom(0, 1, 160, 1200, 1201, 2111, 2112, 2113, 9000), fc.nat({ max: 3000 }));
/** Runs of datagrams to one place, as bursts are, with a header of 0 to 4 bytes each. */
const burst = fc.record({ from: fc.nat({ max: 1 }), to: fc.nat({ max: 2 }), size, count: fc.integer({ min: 1, max: 12 }), last: size, header: fc.nat({ max: 4 }) });
const bursts = fc.array(burst, { minLength: 1, maxLength: 12 });
/** A datagram of this size ends a round: everything before it has arrived when it has. */
const endBytes = 7777;
const runs = Number(process.env['PROPERTY_RUNS'] ?? 40);

interface Planned {
  readonly from: number;
  readonly to: number;
  readonly header: Buffer;
  readonly payload: Buffer;
}

function plan(round: readonly { readonly from: number; readonly to: number; readonly size: number; readonly count: number; readonly last: number; readonly header: number }[]): readonly Planned[] {
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
      const sockets = [await bench.open({ bufferBytes: 4 * 1024 * 1024 }), await bench.open({ bufferBytes: 4 * 1024 * 1024 })];
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

async function receive(t: TestContext, kind: 'native' | 'dgram', senderKind: 'native' | 'dgram', planned: readonly Planned[]): Promise<unknown> {
  const [receiver, sender] = [new UdpBench(t, kind), new UdpBench(t, senderKind)];
  const to = [await receiver.open({ bufferBytes: 4 * 1024 * 1024 }), await receiver.open({ bufferBytes: 4 * 1024 * 1024 }), await receiver.open({ bufferBytes: 4 * 1024 * 1024 })];
  const from = [await sender.open({ bufferBytes: 4 * 1024 * 1024 }), await sender.open({ bufferBytes: 4 * 1024 * 1024 })];
  sender.send(...planned.map((each) => ({ socket: from[each.from] ?? 0, address: '127.0.0.1', port: receiver.sockets.portOf(to[each.to] ?? 0), header: each.header, payload: each.payload })));
  await receiver.until(planned.length);
  const sources = from.map((socket) => sender.sockets.portOf(socket));
  const flows = to.map((socket) => sources.map((port) => receiver.received.flatMap((item) => (item.kind === 'datagram' && item.socket === socket && item.port === port ? [`${item.address} ${item.bytes.toString('base64')}`] : []))));
  sender.sockets.destroy();
  receiver.sockets.destroy();
  return flows;
}
