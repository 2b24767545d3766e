import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { MessageBuilder, readXorAddress, type TransportAddress, writeXorAddress } from '@dialplane/stun';
import {
  encodeChannelData,
  packetVerdict,
  RateBudget,
  readIcmp,
  readReservationToken,
  turnAttribute,
  turnMethod,
  type TurnServerOptions,
  writeAddressFamily,
  writeChannelNumber,
  writeEvenPort,
  writeLifetime,
  writeRequestedTransport,
  writeReservationToken,
} from '../index.ts';
import { address, datagramPath, parsed, streamPath, TestTurnServer } from '../test-turn-server.ts';

const path = datagramPath();
const [peer, samehost, stranger] = [address('198.51.100.1:7000'), address('198.51.100.1:7001'), address('198.51.100.2:7000')];
const payload = Uint8Array.of(1, 2, 3, 4, 5);
const udp = (builder: MessageBuilder): void => writeRequestedTransport(builder, 'udp');

function allocated(options: Partial<TurnServerOptions> = {}, from: Parameters<TestTurnServer['ask']>[0] = path): { readonly bench: TestTurnServer; readonly relay: number } {
  const bench = new TestTurnServer(options);
  bench.ask(from, turnMethod.allocate, udp);
  const relay = bench.takenOf('openRelay')[0]?.relay;
  assert.ok(relay !== undefined);
  return { bench, relay };
}

function permit(bench: TestTurnServer, who: TransportAddress, from: Parameters<TestTurnServer['ask']>[0] = path): void {
  assert.equal(bench.code(from, turnMethod.createPermission, (builder) => writeXorAddress(builder, turnAttribute.xorPeerAddress, who)), 0);
}

function bind(bench: TestTurnServer, who: TransportAddress, number: number, from: Parameters<TestTurnServer['ask']>[0] = path): number {
  return bench.code(from, turnMethod.channelBind, (builder) => {
    writeChannelNumber(builder, number);
    writeXorAddress(builder, turnAttribute.xorPeerAddress, who);
  });
}

function sendIndication(who: TransportAddress | undefined, data: Uint8Array | undefined, ...extra: readonly number[]): Uint8Array {
  const builder = new MessageBuilder(new Uint8Array(2000)).begin('indication', turnMethod.send, new Uint8Array(12));
  if (who !== undefined) writeXorAddress(builder, turnAttribute.xorPeerAddress, who);
  if (data !== undefined) builder.attribute(turnAttribute.data, data);
  for (const type of extra) builder.attribute(type, new Uint8Array(0));
  return builder.finish();
}

test('Send and Data: only with a permission for the address, whatever the port', () => {
  const { bench, relay } = allocated();
  bench.send(path, sendIndication(peer, payload));
  bench.give({ kind: 'relayDatagram', relay, peer, bytes: payload });
  assert.deepEqual(bench.taken(), [], 'no permission yet');
  permit(bench, peer);
  bench.send(path, sendIndication(samehost, payload));
  bench.send(path, sendIndication(peer, new Uint8Array(0), turnAttribute.dontFragment));
  assert.deepEqual(bench.taken(), [
    { kind: 'sendToPeer', relay, peer: samehost, bytes: payload, dontFragment: false },
    { kind: 'sendToPeer', relay, peer, bytes: new Uint8Array(0), dontFragment: true },
  ]);
  for (const bad of [sendIndication(stranger, payload), sendIndication(undefined, payload), sendIndication(peer, undefined), sendIndication(peer, payload, 0x7abc)]) bench.send(path, bad);
  bench.send(datagramPath('192.0.2.1:4001'), sendIndication(peer, payload));
  bench.give({ kind: 'relayDatagram', relay, peer: stranger, bytes: payload });
  bench.give({ kind: 'relayDatagram', relay: 999, peer, bytes: payload });
  assert.deepEqual(bench.taken(), []);
  bench.give({ kind: 'relayDatagram', relay, peer: samehost, bytes: payload });
  const [out] = bench.takenOf('sendToClient');
  assert.ok(out);
  const data = parsed(out.bytes);
  assert.deepEqual([data.messageClass, data.method, readXorAddress(data, turnAttribute.xorPeerAddress), data.value(turnAttribute.data)], ['indication', turnMethod.data, samehost, payload]);
});

test('a Send indication that must not be fragmented is dropped where that cannot be done', () => {
  const { bench } = allocated({ canSetDontFragment: false });
  permit(bench, peer);
  bench.send(path, sendIndication(peer, payload, turnAttribute.dontFragment));
  assert.deepEqual(bench.taken(), []);
});

test('channels carry both ways; what is too short, unbound, reserved or foreign is dropped', () => {
  const { bench, relay } = allocated();
  assert.equal(bind(bench, peer, 0x4001), 0);
  bench.send(path, encodeChannelData(0x4001, payload, false));
  bench.send(path, encodeChannelData(0x4001, payload, true));
  bench.send(path, encodeChannelData(0x4001, new Uint8Array(0), false));
  assert.deepEqual(
    bench.takenOf('sendToPeer').map(({ bytes, peer: to }) => [to, bytes.length]),
    [[peer, 5], [peer, 5], [peer, 0]],
  );
  bench.send(path, encodeChannelData(0x4001, payload, false).subarray(0, 8));
  bench.send(path, encodeChannelData(0x4002, payload, false));
  bench.send(path, encodeChannelData(0x5001, payload, false));
  bench.send(path, Uint8Array.of(0x40));
  bench.send(datagramPath('192.0.2.1:4000', 2), encodeChannelData(0x4001, payload, false));
  assert.deepEqual(bench.taken(), []);
  bench.give({ kind: 'relayDatagram', relay, peer, bytes: payload });
  assert.deepEqual(bench.taken(), [{ kind: 'sendToClient', path, bytes: encodeChannelData(0x4001, payload, false) }]);
  bench.give({ kind: 'relayDatagram', relay, peer: samehost, bytes: payload });
  assert.equal(parsed(bench.takenOf('sendToClient')[0]?.bytes ?? new Uint8Array()).method, turnMethod.data);
});

test('over a stream ChannelData is padded', () => {
  const stream = streamPath();
  const { bench, relay } = allocated({}, stream);
  bind(bench, peer, 0x4000, stream);
  bench.give({ kind: 'relayDatagram', relay, peer, bytes: payload });
  assert.equal(bench.takenOf('sendToClient')[0]?.bytes.length, 12);
  bench.send(stream, encodeChannelData(0x4000, payload, true));
  assert.deepEqual(bench.takenOf('sendToPeer')[0]?.bytes, payload);
});

test('ICMP errors of the types RFC 8656 §11.5 names reach a client that has a permission', () => {
  const { bench, relay } = allocated();
  const icmp = (type: number, code: number, who = peer): void => bench.give({ kind: 'relayIcmp', relay, peer: who, icmp: { type, code, data: 1280 } });
  icmp(3, 3);
  permit(bench, peer);
  icmp(8, 0);
  icmp(3, 3, stranger);
  assert.deepEqual(bench.taken(), []);
  icmp(3, 3);
  icmp(3, 4);
  icmp(11, 0);
  assert.deepEqual(
    bench.takenOf('sendToClient').map(({ bytes }) => readIcmp(parsed(bytes))),
    [{ type: 3, code: 3, data: 0 }, { type: 3, code: 4, data: 1280 }, { type: 11, code: 0, data: 0 }],
  );
});

test('permissions last 300 s and channels 600 s; data refreshes neither', () => {
  const { bench, relay } = allocated();
  bench.ask(path, turnMethod.refresh, (builder) => writeLifetime(builder, 3600));
  bind(bench, peer, 0x4001);
  const carries = (): boolean => {
    bench.taken();
    bench.send(path, encodeChannelData(0x4001, payload, false));
    bench.give({ kind: 'relayDatagram', relay, peer, bytes: payload });
    return bench.taken().length === 2;
  };
  bench.pass(299_999);
  assert.ok(carries());
  bench.pass(1);
  assert.equal(carries(), false, 'the permission is over');
  permit(bench, peer);
  assert.ok(carries(), 'the channel has a permission again');
  bench.pass(299_999);
  assert.ok(carries());
  assert.equal(bind(bench, samehost, 0x4001), 400);
  bench.pass(1);
  assert.equal(carries(), false, 'the channel is over');
  assert.equal(bind(bench, samehost, 0x4001), 0, 'and its number is free');
  assert.equal(bind(bench, peer, 0x4002), 0, 'as is the peer');
});

test('an allocation ends at its lifetime even if no timer fires, and leaves nothing behind', () => {
  const { bench, relay } = allocated();
  bind(bench, peer, 0x4001);
  bench.pass(200_000);
  permit(bench, peer);
  bench.pass(200_000);
  bind(bench, peer, 0x4001);
  bench.taken();
  bench.now = instant(600_000);
  const frame = encodeChannelData(0x4001, payload, false);
  const { packets } = bench.server;
  assert.equal(packets.fromDatagram(1, path.remote, frame, 0, frame.length, bench.now), packetVerdict.dropped);
  assert.equal(packets.fromPeer(relay, peer, 5, bench.now), packetVerdict.dropped);
  assert.equal(bench.code(path, turnMethod.refresh), 437, 'and a request does not revive it');
  const out = bench.taken();
  assert.deepEqual(out.map(({ kind }) => kind), ['usage', 'closeRelay']);
  assert.deepEqual(out[0]?.kind === 'usage' && out[0].record.event, { kind: 'stopped', reason: 'expired' });
  assert.equal(bench.server.allocationCount, 0);
  bench.pass(60_000);
  assert.equal(bench.server.pollTimeout(), undefined);
});

test('an even port with its neighbour: the token brings the neighbour, once, within 30 s', () => {
  const { bench } = allocated();
  const [first, second, third] = [datagramPath('192.0.2.1:1'), datagramPath('192.0.2.1:2'), datagramPath('192.0.2.1:3')];
  const reserve = (from: typeof path): string => {
    const response = bench.ask(from, turnMethod.allocate, (builder) => (udp(builder), writeEvenPort(builder, true)));
    assert.equal((readXorAddress(response, turnAttribute.xorRelayedAddress)?.port ?? 1) % 2, 0);
    return readReservationToken(response) ?? '';
  };
  const redeem = (from: typeof path, token: string) => bench.ask(from, turnMethod.allocate, (builder) => (udp(builder), writeReservationToken(builder, token)));
  const token = reserve(first);
  const odd = readXorAddress(redeem(second, token), turnAttribute.xorRelayedAddress);
  assert.equal((odd?.port ?? 0) % 2, 1);
  assert.equal(redeem(third, token).messageClass, 'error');
  const late = reserve(third);
  bench.taken();
  bench.pass(30_000);
  assert.equal(bench.takenOf('closeRelay').length, 1);
  assert.equal(redeem(datagramPath('192.0.2.1:4'), late).messageClass, 'error');
});

test('usage is told at start, each minute with traffic, and at the end; what is counted is payload', () => {
  const counters = new Float64Array(4000);
  const { bench, relay } = allocated({ counters });
  bind(bench, peer, 0x4001);
  bench.send(path, encodeChannelData(0x4001, payload, false));
  bench.send(path, sendIndication(samehost, payload));
  bench.give({ kind: 'relayDatagram', relay, peer, bytes: new Uint8Array(100) });
  bench.taken();
  bench.pass(180_000);
  bench.ask(path, turnMethod.refresh, (builder) => writeLifetime(builder, 0));
  const records = bench.takenOf('usage').map(({ record }) => record);
  const totals = { toPeerBytes: 10, toPeerPackets: 2, toClientBytes: 100, toClientPackets: 1 };
  assert.deepEqual(records.map(({ event, at, totals: told }) => [event, at, told]), [
    [{ kind: 'continued' }, 60_000, totals],
    [{ kind: 'stopped', reason: 'deleted' }, 180_000, totals],
  ]);
  assert.deepEqual([...counters.subarray((records[0]?.slot ?? 0) * 4, (records[0]?.slot ?? 0) * 4 + 4)], [10, 2, 100, 1]);
});

test('a user gets no more than the rate admitted, over all allocations', () => {
  const { bench, relay } = allocated({ admission: { admit: () => ({ kind: 'admitted', budgets: [new RateBudget(1000, instant(0))] }) } });
  const other = datagramPath('192.0.2.1:9');
  bench.ask(other, turnMethod.allocate, udp);
  bind(bench, peer, 0x4001);
  bind(bench, peer, 0x4001, other);
  bench.taken();
  const block = new Uint8Array(400);
  bench.send(path, encodeChannelData(0x4001, block, false));
  bench.send(other, encodeChannelData(0x4001, block, false));
  bench.give({ kind: 'relayDatagram', relay, peer, bytes: block });
  assert.deepEqual(bench.taken().map(({ kind }) => kind), ['sendToPeer', 'sendToPeer']);
  bench.pass(200);
  bench.give({ kind: 'relayDatagram', relay, peer, bytes: block });
  assert.deepEqual(bench.taken().map(({ kind }) => kind), ['sendToClient']);
});

test('the fast path says where a packet goes without copying it', () => {
  const { bench, relay } = allocated();
  bind(bench, peer, 0x4001);
  const { packets } = bench.server;
  const slab = new Uint8Array(100);
  slab.set(encodeChannelData(0x4001, payload, false), 40);
  assert.equal(packets.fromDatagram(1, path.remote, slab, 40, 9, bench.now), packetVerdict.relayed);
  assert.deepEqual(packets.towardsPeer, { relay, peer, payloadOffset: 44, payloadLength: 5 });
  assert.equal(packets.fromDatagram(1, path.remote, slab, 40, 8, bench.now), packetVerdict.dropped);
  assert.equal(packets.fromDatagram(1, path.remote, slab, 0, 20, bench.now), packetVerdict.slow);
  assert.equal(packets.fromConnection(1, slab, 40, 9, bench.now), packetVerdict.dropped);
  assert.equal(packets.fromPeer(relay, peer, 5, bench.now), packetVerdict.relayed);
  assert.deepEqual(packets.towardsClient, { path, header: 0x40010005, padding: 0 });
  assert.equal(packets.fromPeer(relay, samehost, 5, bench.now), packetVerdict.slow);
  assert.equal(packets.fromPeer(relay, stranger, 5, bench.now), packetVerdict.dropped);
});

test('deleting one family of a dual TCP allocation closes the connections of that family only', () => {
  const bench = new TestTurnServer();
  const stream = streamPath();
  bench.ask(stream, turnMethod.allocate, (builder) => (writeRequestedTransport(builder, 'tcp'), writeAddressFamily(builder, 'additionalAddressFamily', 6)));
  const connect = (who: string): void => bench.send(stream, bench.encode(turnMethod.connect, (builder) => writeXorAddress(builder, turnAttribute.xorPeerAddress, address(who)), bench.clientOf(stream)));
  connect('198.51.100.1:80');
  connect('[2001:db8::5]:80');
  const [first] = bench.takenOf('connectPeer');
  bench.ask(stream, turnMethod.refresh, (builder) => (writeAddressFamily(builder, 'requestedAddressFamily', 4), writeLifetime(builder, 0)));
  assert.deepEqual(bench.takenOf('closePeer'), [{ kind: 'closePeer', peerConnection: first?.peerConnection }]);
});

test('the end of a stream or of the server ends its allocations', () => {
  const stream = streamPath(7);
  const { bench, relay } = allocated({}, stream);
  bench.taken();
  bench.give({ kind: 'clientClosed', connection: 7 });
  assert.deepEqual(bench.taken().map((output) => (output.kind === 'usage' ? output.record.event : output)), [{ kind: 'stopped', reason: 'clientClosed' }, { kind: 'closeRelay', relay }]);
  bench.ask(path, turnMethod.allocate, (builder) => (udp(builder), writeAddressFamily(builder, 'additionalAddressFamily', 6)));
  bench.taken();
  bench.server.shutdown(bench.now);
  bench.pass(0);
  const kinds = [];
  for (let output = bench.server.poll(); output !== undefined; output = bench.server.poll()) kinds.push(output.kind);
  assert.deepEqual([...bench.taken().map(({ kind }) => kind), ...kinds], ['usage', 'closeRelay', 'closeRelay']);
  assert.equal(bench.server.allocationCount, 0);
});

test('a relay whose socket breaks ends what hangs on it', () => {
  const { bench, relay } = allocated();
  bench.taken();
  bench.give({ kind: 'relayFailed', relay, reason: 'serverError' });
  assert.deepEqual(bench.takenOf('usage').map(({ record }) => record.event), [{ kind: 'stopped', reason: 'relayFailed' }]);
});
