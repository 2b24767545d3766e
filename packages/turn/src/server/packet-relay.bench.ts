/** Cost of the fast path's decision, both ways: `node --expose-gc packages/turn/src/server/packet-relay.bench.ts`. */
import assert from 'node:assert/strict';
import { instant } from '@dialplane/sansio';
import { writeXorAddress } from '@dialplane/stun';
import { encodeChannelData, packetVerdict, RateBudget, turnAttribute, turnMethod, writeChannelNumber, writeRequestedTransport } from '../index.ts';
import { address, datagramPath, TestTurnServer } from '../test-turn-server.ts';

const rounds = 1_000_000;

for (const count of [1, 50, 500]) {
  const bench = new TestTurnServer({ admission: { admit: () => ({ kind: 'admitted', budgets: [new RateBudget(1e12, instant(0))] }) } });
  const paths = Array.from({ length: count }, (_, index) => datagramPath(`100.64.${index >>> 8}.${index & 255}:${4000 + index}`));
  const peers = paths.map((_, index) => address(`198.51.100.${index & 255}:${7000 + index}`));
  const relays = paths.map((path, index) => {
    bench.ask(path, turnMethod.allocate, (builder) => writeRequestedTransport(builder, 'udp'));
    bench.ask(path, turnMethod.channelBind, (builder) => {
      writeChannelNumber(builder, 0x4000);
      writeXorAddress(builder, turnAttribute.xorPeerAddress, peers[index] ?? address('198.51.100.1:1'));
    });
    const [opened] = bench.takenOf('openRelay');
    assert.ok(opened);
    return opened.relay;
  });
  const { packets } = bench.server;
  const slab = encodeChannelData(0x4000, new Uint8Array(1200), false);
  const now = instant(1.5);
  const measure = (name: string, one: (index: number) => number): void => {
    for (let at = 0; at < 100_000; at += 1) assert.equal(one(at % count), packetVerdict.relayed);
    const costs = Array.from({ length: 5 }, () => {
      globalThis.gc?.();
      const heapBefore = process.memoryUsage().heapUsed;
      const before = process.cpuUsage();
      let relayed = 0;
      for (let at = 0; at < rounds; at += 1) relayed += one(at % count);
      const { user } = process.cpuUsage(before);
      assert.equal(relayed, rounds * packetVerdict.relayed);
      return { nanoseconds: (user * 1000) / rounds, bytes: (process.memoryUsage().heapUsed - heapBefore) / rounds };
    }).sort((a, b) => a.nanoseconds - b.nanoseconds);
    const [best] = costs;
    console.log(`${name}, ${count} allocations: ${best?.nanoseconds.toFixed(1)} ns of CPU and ${best?.bytes.toFixed(3)} bytes of heap per packet (best of 5)`);
  };
  measure('client to peer', (index) => packets.fromDatagram(1, paths[index]?.remote ?? address('192.0.2.1:1'), slab, 0, slab.length, now));
  measure('peer to client', (index) => packets.fromPeer(relays[index] ?? 0, peers[index] ?? address('192.0.2.1:1'), 1200, now));
}
