import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeadlineHeap, instant } from '@dialplane/sansio';
import { ipv4Address, MessageBuilder, parseIpAddress, parseStunMessage, stunAttribute, transportAddress } from '@dialplane/stun';
import {
  encodeChannelData,
  formatTurnUri,
  parseChannelData,
  parseTurnUri,
  peerAddressKind,
  readAddressError,
  readAddressFamily,
  readChannelNumber,
  readConnectionId,
  readEvenPort,
  readIcmp,
  readLifetime,
  readRequestedTransport,
  readReservationToken,
  StreamFramer,
  turnAttribute,
  turnMethod,
  writeAddressError,
  writeAddressFamily,
  writeChannelNumber,
  writeConnectionId,
  writeEvenPort,
  writeIcmp,
  writeLifetime,
  writeRequestedTransport,
  writeReservationToken,
} from './index.ts';
import { datagramPath, streamPath, TestTurnServer } from './test-turn-server.ts';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const byte = fc.integer({ min: 0, max: 255 });

test('attributes are read as they are written', () => {
  fc.assert(
    fc.property(uint32, fc.integer({ min: 0, max: 0xffff }), byte, byte, fc.boolean(), fc.constantFrom(4 as const, 6 as const), fc.constantFrom('udp' as const, 'tcp' as const), fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.integer({ min: 300, max: 699 }), (number, channel, type, code, flag, family, transport, tokenBytes, error) => {
      const token = Buffer.from(tokenBytes).toString('hex');
      const builder = new MessageBuilder(new Uint8Array(512)).begin('request', turnMethod.allocate, new Uint8Array(12));
      writeLifetime(builder, number);
      writeChannelNumber(builder, channel);
      writeConnectionId(builder, number);
      writeIcmp(builder, { type, code, data: number });
      writeEvenPort(builder, flag);
      writeAddressFamily(builder, 'requestedAddressFamily', family);
      writeAddressFamily(builder, 'additionalAddressFamily', family);
      writeRequestedTransport(builder, transport);
      writeReservationToken(builder, token);
      writeAddressError(builder, { family, code: error, reason: 'why' });
      const result = parseStunMessage(builder.finish());
      assert.ok(result.ok);
      const message = result.value;
      assert.deepEqual([readLifetime(message), readChannelNumber(message), readConnectionId(message), readReservationToken(message)], [number, channel, number, token]);
      assert.deepEqual(readIcmp(message), { type, code, data: number });
      assert.deepEqual([readEvenPort(message), readRequestedTransport(message)], [{ reserveNext: flag }, transport === 'udp' ? 17 : 6]);
      assert.deepEqual([readAddressFamily(message, 'requestedAddressFamily'), readAddressFamily(message, 'additionalAddressFamily')], [family, family]);
      assert.deepEqual(readAddressError(message), { family, code: error, reason: 'why' });
    }),
  );
});

test('ChannelData is read as it is written, padded or not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0x4000, max: 0x4fff }), fc.uint8Array({ maxLength: 50 }), fc.boolean(), (channel, data, isStream) => {
      const bytes = encodeChannelData(channel, data, isStream);
      assert.deepEqual(parseChannelData(bytes), { channel, data });
      assert.ok(!isStream || bytes.length % 4 === 0);
    }),
  );
});

const binding = new MessageBuilder(new Uint8Array(20)).begin('request', 1, new Uint8Array(12)).finish();

test('a stream is cut into the frames it was made of, wherever it is broken', () => {
  const frame = fc.oneof(
    fc.tuple(fc.integer({ min: 0x4000, max: 0x4fff }), fc.uint8Array({ maxLength: 30 })).map(([channel, data]) => encodeChannelData(channel, data, true)),
    fc.uint8Array({ maxLength: 30 }).map((data) => new MessageBuilder(new Uint8Array(80)).begin('request', 1, new Uint8Array(12)).attribute(stunAttribute.software, data).finish()),
  );
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.oneof(fc.constant([1]), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })), (others, cuts) => {
      const frames = [binding, ...others];
      const stream = Uint8Array.from(frames.flatMap((bytes) => [...bytes]));
      const framer = new StreamFramer();
      const found: Uint8Array[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const length = cuts[turn % cuts.length] ?? 1;
        framer.push(stream.slice(at, at + length));
        at += length;
        for (let next = framer.next(); next.kind === 'frame'; next = framer.next()) found.push(next.bytes.slice());
      }
      assert.deepEqual(found, frames);
    }),
  );
});

test('a stream that is not TURN is refused for good', () => {
  for (const start of ['GET / HTTP', '\x16\x03\x01\x02']) {
    const framer = new StreamFramer();
    framer.push(Uint8Array.from(Buffer.from(start)));
    assert.deepEqual(framer.next(), { kind: 'notTurn' });
    framer.push(encodeChannelData(0x4000, new Uint8Array(4), true));
    assert.deepEqual(framer.next(), { kind: 'notTurn' });
  }
  const framer = new StreamFramer(1000);
  framer.push(binding);
  assert.equal(framer.next().kind, 'frame');
  framer.push(encodeChannelData(0x4000, new Uint8Array(1001), true).subarray(0, 4));
  assert.deepEqual(framer.next(), { kind: 'notTurn' });
});

test('the deadline heap is a stable sort', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const heap = new DeadlineHeap<number>();
      for (const [index, at] of times.entries()) heap.add(instant(at), index);
      const order: number[] = [];
      for (let item = heap.takeDue(instant(20)); item !== undefined; item = heap.takeDue(instant(20))) order.push(item);
      assert.deepEqual(order, times.map((_, index) => index).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0)));
    }),
  );
});

test('no bytes from strangers or peers make the server throw or keep anything', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.tuple(fc.constantFrom(...Object.values(turnMethod)), fc.constantFrom('request' as const, 'indication' as const, 'success' as const), fc.array(fc.tuple(fc.constantFrom(...Object.values(turnAttribute), ...Object.values(stunAttribute)), fc.uint8Array({ maxLength: 32 })), { maxLength: 6 })).map(
      ([method, messageClass, attributes]) => {
        const builder = new MessageBuilder(new Uint8Array(512)).begin(messageClass, method, new Uint8Array(12));
        for (const [type, value] of attributes) builder.attribute(type, value);
        return builder.finish();
      },
    ),
  );
  const bench = new TestTurnServer();
  fc.assert(
    fc.property(noise, fc.boolean(), (bytes, isStream) => {
      bench.send(isStream ? streamPath() : datagramPath(), bytes);
      bench.give({ kind: 'relayDatagram', relay: bytes.length, peer: transportAddress(ipv4Address(1), 1), bytes });
      for (const output of bench.taken()) assert.ok(output.kind === 'sendToClient' && output.bytes.length < 250);
    }),
    { numRuns: 400 },
  );
  assert.equal(bench.server.allocationCount, 0);
  assert.equal(bench.server.pollTimeout(), undefined);
});

test('turn URIs of RFC 7065', () => {
  assert.deepEqual(parseTurnUri('turn:example.org'), { scheme: 'turn', host: 'example.org', port: 3478, transport: undefined });
  assert.deepEqual(parseTurnUri('turns:[2001:db8::1]:443?transport=TCP'), { scheme: 'turns', host: '2001:db8::1', port: 443, transport: 'tcp' });
  for (const text of ['turn:', 'turn://a', 'turn:a?transport=sctp', 'turn:a?', 'stun:a', 'turn:a:99999', 'turn:u@a']) assert.equal(parseTurnUri(text), undefined, text);
  fc.assert(
    fc.property(fc.constantFrom('turn' as const, 'turns' as const), fc.domain(), fc.integer({ min: 1, max: 65535 }), fc.constantFrom('udp' as const, 'tcp' as const, undefined), (scheme, host, port, transport) => {
      assert.deepEqual(parseTurnUri(formatTurnUri({ scheme, host, port, transport })), { scheme, host, port, transport });
    }),
  );
});

test('peers are sorted by what their address is, disguised or not', () => {
  for (const [text, kind] of [
    ['8.8.8.8', 'global'],
    ['203.0.113.1', 'global'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['172.32.0.1', 'global'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['127.9.9.9', 'loopback'],
    ['169.254.1.1', 'linkLocal'],
    ['169.254.169.254', 'metadata'],
    ['0.0.0.0', 'unspecified'],
    ['239.1.1.1', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::2', 'reserved'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['::ffff:8.8.8.8', 'reserved'],
    ['::ffff:0:10.0.0.1', 'private'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b::8.8.8.8', 'global'],
    ['2002:7f00:1::', 'loopback'],
    ['2001:0:1:2:3:4:80ff:fffe', 'loopback'],
    ['fe80::1', 'linkLocal'],
    ['febf::1', 'linkLocal'],
    ['fec0::1', 'private'],
    ['fd12::1', 'private'],
    ['fd00:ec2::254', 'metadata'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'global'],
    ['4000::1', 'reserved'],
  ] as const) {
    const address = parseIpAddress(text);
    assert.equal(address && peerAddressKind(address), kind, text);
  }
});
