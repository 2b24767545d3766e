import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MessageBuilder, readAddress, readText, readUnknownAttributes, readXorAddress, stunAttribute, writeXorAddress } from '@dialplane/stun';
import {
  readAddressError,
  readLifetime,
  readReservationToken,
  turnAttribute,
  turnErrorReasons,
  turnMethod,
  type TurnServerOptions,
  writeAddressFamily,
  writeChannelNumber,
  writeConnectionId,
  writeEvenPort,
  writeLifetime,
  writeRequestedTransport,
  writeReservationToken,
} from '../index.ts';
import { address, codeOf, datagramPath, streamPath, TestTurnServer } from '../test-turn-server.ts';

type Write = (builder: MessageBuilder) => void;
const all =
  (...writes: readonly Write[]): Write =>
  (builder) =>
    writes.forEach((write) => write(builder));
const udp: Write = (builder) => writeRequestedTransport(builder, 'udp');
const tcp: Write = (builder) => writeRequestedTransport(builder, 'tcp');
const peer =
  (text: string): Write =>
  (builder) =>
    writeXorAddress(builder, turnAttribute.xorPeerAddress, address(text));
const channel =
  (number: number): Write =>
  (builder) =>
    writeChannelNumber(builder, number);
const raw =
  (type: number, length: number): Write =>
  (builder) =>
    builder.attribute(type, new Uint8Array(length).fill(2));
const token: Write = (builder) => writeReservationToken(builder, '0011223344556677');
const family =
  (value: 4 | 6): Write =>
  (builder) =>
    writeAddressFamily(builder, 'requestedAddressFamily', value);
const dual: Write = (builder) => writeAddressFamily(builder, 'additionalAddressFamily', 6);
const even =
  (reserveNext: boolean): Write =>
  (builder) =>
    writeEvenPort(builder, reserveNext);
const produced = new Set<number>();

function allocate(options: Partial<TurnServerOptions>, write: Write, path = datagramPath()): number {
  const code = new TestTurnServer(options).code(path, turnMethod.allocate, write);
  produced.add(code);
  return code;
}

test('Allocate: every refusal of RFC 8656 §7.2', () => {
  const cases: ReadonlyArray<readonly [string, Write, number, Partial<TurnServerOptions>?]> = [
    ['granted', udp, 0],
    ['no transport', () => undefined, 400],
    ['malformed transport', raw(turnAttribute.requestedTransport, 1), 400],
    ['transport neither UDP nor TCP', raw(turnAttribute.requestedTransport, 4), 442],
    ['TCP where it is not offered', tcp, 442, { transports: new Set(['udp']) }],
    ['UDP where policy forbids it', udp, 403, { transports: new Set(['tcp']) }],
    ['DONT-FRAGMENT that works', all(udp, raw(turnAttribute.dontFragment, 0)), 0],
    ['DONT-FRAGMENT that does not', all(udp, raw(turnAttribute.dontFragment, 0)), 420, { canSetDontFragment: false }],
    ['unknown attribute', all(udp, raw(0x7abc, 4)), 420],
    ['unknown token', all(udp, token), 508],
    ['malformed token', all(udp, raw(turnAttribute.reservationToken, 4)), 400],
    ['token and even port', all(udp, token, even(false)), 400],
    ['token and family', all(udp, token, family(4)), 400],
    ['token and both families', all(udp, token, dual), 400],
    ['both family attributes', all(udp, family(4), dual), 400],
    ['IPv6', all(udp, family(6)), 0],
    ['IPv6 that is not there', all(udp, family(6)), 440, { families: new Set([4]) }],
    ['IPv4 that is not there', udp, 440, { families: new Set([6]) }],
    ['a family that does not exist', all(udp, (b) => b.uint32(turnAttribute.requestedAddressFamily, 9 << 24)), 440],
    ['malformed family', all(udp, raw(turnAttribute.requestedAddressFamily, 2)), 400],
    ['additional IPv4', all(udp, (b) => writeAddressFamily(b, 'additionalAddressFamily', 4)), 400],
    ['both families', all(udp, dual), 0],
    ['both families, as coturn asks for them', all(udp, (b) => writeAddressFamily(b, 'additionalAddressFamilyOfDraft', 6)), 0],
    ['one family and both, as coturn asks', all(udp, family(4), (b) => writeAddressFamily(b, 'additionalAddressFamilyOfDraft', 6)), 400],
    ['both families, none there', all(udp, dual), 440, { families: new Set() }],
    ['both families and a reserved port', all(udp, dual, even(true)), 400],
    ['both families and an even port', all(udp, dual, even(false)), 0],
    ['malformed even port', all(udp, raw(turnAttribute.evenPort, 4)), 400],
    ['malformed lifetime', all(udp, raw(turnAttribute.lifetime, 2)), 400],
    ['quota', udp, 486, { admission: { admit: () => ({ kind: 'refused', code: 486 }) } }],
    ['policy', udp, 403, { admission: { admit: () => ({ kind: 'refused', code: 403 }) } }],
    ['no slot left', udp, 508, { limits: { allocations: 0 } }],
  ];
  for (const [name, write, code, options] of cases) assert.equal(allocate(options ?? {}, write), code, name);
});

test('Allocate for TCP: RFC 6062 §5.1', () => {
  assert.equal(allocate({}, tcp, datagramPath()), 400);
  for (const extra of [raw(turnAttribute.dontFragment, 0), even(false), token]) {
    assert.equal(new TestTurnServer().code(streamPath(), turnMethod.allocate, all(tcp, extra)), 400);
  }
  assert.equal(new TestTurnServer().code(streamPath(), turnMethod.allocate, tcp), 0);
});

test('what fails in the driver: 440, 500 and 508, for one family of two in the success response', () => {
  for (const [reason, code] of [['insufficientCapacity', 508], ['unsupportedFamily', 440], ['serverError', 500]] as const) {
    const bench = new TestTurnServer();
    bench.relays = 'manual';
    const path = datagramPath();
    bench.ask(path, turnMethod.refresh);
    bench.send(path, bench.encode(turnMethod.allocate, udp, bench.clientOf(path)));
    const [open] = bench.takenOf('openRelay');
    assert.ok(open);
    bench.give({ kind: 'relayFailed', relay: open.relay, reason });
    produced.add(code);
    assert.equal(codeOf(bench.takeResponse(path)), code);
    assert.equal(bench.server.allocationCount, 0);
  }
  const bench = new TestTurnServer({ families: new Set([6]) });
  const response = bench.ask(datagramPath(), turnMethod.allocate, all(udp, dual));
  assert.deepEqual(readAddressError(response), { family: 4, code: 440, reason: turnErrorReasons[440] });
  assert.equal(readXorAddress(response, turnAttribute.xorRelayedAddress)?.family, 6);

  const half = new TestTurnServer();
  half.relays = 'manual';
  const path = datagramPath();
  half.ask(path, turnMethod.refresh);
  half.send(path, half.encode(turnMethod.allocate, all(udp, dual), half.clientOf(path)));
  const [v4, v6] = half.takenOf('openRelay');
  assert.ok(v4 && v6);
  half.give({ kind: 'relayOpened', relay: v4.relay, address: address('203.0.113.1:50000') });
  half.give({ kind: 'relayFailed', relay: v6.relay, reason: 'insufficientCapacity' });
  assert.deepEqual(readAddressError(half.takeResponse(path)), { family: 6, code: 508, reason: turnErrorReasons[508] });
});

test('a driver that never answers costs the client 508 after five seconds, and its late answer is undone', () => {
  const bench = new TestTurnServer();
  bench.relays = 'manual';
  const path = datagramPath();
  bench.ask(path, turnMethod.refresh);
  bench.send(path, bench.encode(turnMethod.allocate, all(udp, even(true)), bench.clientOf(path)));
  const [open] = bench.takenOf('openRelay');
  assert.ok(open?.port.kind === 'evenAndNext');
  bench.pass(5000);
  assert.equal(codeOf(bench.takeResponse(path)), 508);
  assert.deepEqual(bench.takenOf('closeRelay').map(({ relay }) => relay), [open.relay, open.port.next]);
  bench.give({ kind: 'relayOpened', relay: open.relay, address: address('203.0.113.1:50000') });
  assert.deepEqual(bench.taken(), [{ kind: 'closeRelay', relay: open.relay }]);
});

test('300 names the other server and is protected', () => {
  const alternate = address('198.51.100.7:3478');
  const bench = new TestTurnServer({ admission: { admit: () => ({ kind: 'redirected', alternate, domain: 'relay2.example.org' }) } });
  const response = bench.ask(datagramPath(), turnMethod.allocate, udp);
  produced.add(codeOf(response));
  assert.deepEqual([codeOf(response), readAddress(response, stunAttribute.alternateServer), readText(response, 'alternateDomain')], [300, alternate, 'relay2.example.org']);
  assert.ok(response.has(stunAttribute.messageIntegritySha256));
});

test('strangers: 401 with a challenge, 400 for half a credential, 401 for a wrong one, 438 for an old one', () => {
  const bench = new TestTurnServer({ software: 'dialplane' });
  const path = datagramPath();
  const client = bench.clientOf(path);
  bench.send(path, bench.encode(turnMethod.allocate, udp, client));
  const challenge = bench.takeResponse(path);
  assert.deepEqual([codeOf(challenge), readText(challenge, 'realm'), readText(challenge, 'nonce')?.length], [401, 'example.org', 35]);
  assert.equal(challenge.has(stunAttribute.software), false);
  assert.ok(challenge.bytes.length <= 132, `a challenge of ${challenge.bytes.length} bytes`);
  client.handleResponse(challenge, 0);
  bench.send(path, bench.encode(turnMethod.allocate, all(udp, (b) => b.attribute(stunAttribute.messageIntegrity, new Uint8Array(20))), bench.clientOf(datagramPath('192.0.2.9:1'))));
  assert.equal(codeOf(bench.takeResponse(path)), 400);
  bench.pass(3_600_000);
  bench.send(path, bench.encode(turnMethod.allocate, udp, client));
  const stale = bench.takeResponse(path);
  assert.equal(codeOf(stale), 438);
  assert.deepEqual(client.handleResponse(stale, 1), { kind: 'retry' });
  assert.equal(bench.code(path, turnMethod.allocate, udp), 0);
  assert.equal(bench.code(datagramPath('192.0.2.9:2'), turnMethod.allocate, udp, 'eve'), 401);
  for (const code of [400, 401, 438]) produced.add(code);
  assert.deepEqual(bench.server.statistics, { malformed: 0, challenged: 4, unanswered: 0 });
});

test('437 without an allocation and for a second one; the same request twice gets the same answer', () => {
  const bench = new TestTurnServer();
  const path = datagramPath();
  for (const method of [turnMethod.refresh, turnMethod.createPermission, turnMethod.channelBind, turnMethod.connect]) assert.equal(bench.code(path, method), 437);
  const request = bench.encode(turnMethod.allocate, all(udp, even(true)), bench.clientOf(path));
  bench.send(path, request);
  const first = bench.takeResponse(path);
  bench.pass(1000);
  bench.send(path, request);
  const again = bench.takeResponse(path);
  for (const read of [readReservationToken, (message: typeof first) => readXorAddress(message, turnAttribute.xorRelayedAddress)]) assert.deepEqual(read(again), read(first));
  assert.deepEqual([readLifetime(first), readLifetime(again)], [600, 599]);
  assert.equal(bench.code(path, turnMethod.allocate, udp), 437);
  assert.equal(bench.server.allocationCount, 1);
  produced.add(437);
});

test('441: another user cannot touch an allocation', () => {
  const bench = new TestTurnServer();
  const path = datagramPath();
  assert.equal(bench.code(path, turnMethod.allocate, udp), 0);
  assert.equal(bench.code(path, turnMethod.refresh, (b) => writeLifetime(b, 0), 'bob'), 441);
  assert.equal(bench.server.allocationCount, 1);
  produced.add(441);
});

test('CreatePermission and ChannelBind: 400, 403, 443, 508', () => {
  const bench = new TestTurnServer({ limits: { permissionsPerRelay: 3, channelsPerRelay: 2 } });
  const path = datagramPath();
  bench.ask(path, turnMethod.allocate, udp);
  const permit = (...writes: readonly Write[]): number => bench.code(path, turnMethod.createPermission, all(...writes));
  const bind = (...writes: readonly Write[]): number => bench.code(path, turnMethod.channelBind, all(...writes));
  assert.equal(permit(), 400);
  assert.equal(permit(peer('198.51.100.1:1'), raw(turnAttribute.xorPeerAddress, 6)), 400);
  assert.equal(permit(peer('198.51.100.1:1'), peer('[2001:db8::1]:1')), 443);
  assert.equal(permit(peer('198.51.100.1:1'), peer('127.0.0.1:1')), 403);
  assert.equal(permit(peer('198.51.100.1:1'), peer('198.51.100.1:2'), peer('198.51.100.2:1')), 0);
  assert.equal(permit(peer('198.51.100.3:1'), peer('198.51.100.4:1')), 508);
  assert.equal(bind(channel(0x4000)), 400);
  assert.equal(bind(peer('198.51.100.1:1')), 400);
  assert.equal(bind(channel(0x3fff), peer('198.51.100.1:1')), 400);
  assert.equal(bind(channel(0x7fff), peer('198.51.100.1:1')), 400);
  assert.equal(bind(channel(0x4000), peer('[2001:db8::1]:1')), 443);
  assert.equal(bind(channel(0x4000), peer('127.0.0.1:1')), 403);
  assert.equal(bind(channel(0x4000), peer('198.51.100.1:1')), 0);
  assert.equal(bind(channel(0x4000), peer('198.51.100.1:1')), 0);
  assert.equal(bind(channel(0x4000), peer('198.51.100.1:2')), 400);
  assert.equal(bind(channel(0x4001), peer('198.51.100.1:1')), 400);
  assert.equal(bind(channel(0x7ffe), peer('198.51.100.1:2')), 0, 'as clients of RFC 5766 do');
  assert.equal(bind(channel(0x4002), peer('198.51.100.1:3')), 508);
  for (const code of [403, 443]) produced.add(code);
});

test('Refresh: lifetimes, one family of two, 400 and 443', () => {
  const bench = new TestTurnServer();
  const path = datagramPath();
  bench.ask(path, turnMethod.allocate, all(udp, dual));
  const refresh = (...writes: readonly Write[]) => bench.ask(path, turnMethod.refresh, all(...writes));
  const lifetime = (seconds: number): Write => (builder) => writeLifetime(builder, seconds);
  assert.deepEqual([readLifetime(refresh()), readLifetime(refresh(lifetime(10))), readLifetime(refresh(lifetime(1000))), readLifetime(refresh(lifetime(99_999)))], [600, 600, 1000, 3600]);
  assert.equal(codeOf(refresh(raw(turnAttribute.lifetime, 1))), 400);
  assert.equal(codeOf(refresh(raw(turnAttribute.requestedAddressFamily, 1))), 400);
  bench.taken();
  assert.equal(codeOf(refresh(family(6), lifetime(0))), 0);
  assert.equal(bench.takenOf('closeRelay').length, 1);
  assert.equal(codeOf(refresh(family(6))), 443);
  assert.equal(readLifetime(refresh(lifetime(0))), 0);
  assert.equal(codeOf(refresh()), 437);
  assert.equal(bench.server.allocationCount, 0);
});

test('Connect and ConnectionBind: 400, 403, 441, 443, 446, 447, 508', () => {
  const bench = new TestTurnServer({ limits: { peerConnectionsPerAllocation: 2 } });
  const [control, data] = [streamPath(1), streamPath(2)];
  assert.equal(bench.code(control, turnMethod.allocate, tcp), 0);
  const connect = (...writes: readonly Write[]): void => bench.send(control, bench.encode(turnMethod.connect, all(...writes), bench.clientOf(control)));
  const connectCode = (...writes: readonly Write[]): number => (connect(...writes), codeOf(bench.takeResponse(control)));
  assert.equal(connectCode(), 400);
  assert.equal(connectCode(peer('[2001:db8::1]:1')), 443);
  assert.equal(connectCode(peer('127.0.0.1:1')), 403);
  bench.taken();
  connect(peer('198.51.100.1:80'));
  const [first] = bench.takenOf('connectPeer');
  assert.ok(first);
  assert.equal(connectCode(peer('198.51.100.1:80')), 446);
  connect(peer('198.51.100.1:81'));
  assert.equal(connectCode(peer('198.51.100.1:82')), 508);
  bench.give({ kind: 'peerFailed', peerConnection: first.peerConnection });
  assert.equal(codeOf(bench.takeResponse(control)), 447);
  bench.pass(30_000);
  assert.equal(codeOf(bench.takeResponse(control)), 447, 'the other peer never answered');

  const bind = (path: typeof control, id: number, username?: string): number => bench.code(path, turnMethod.connectionBind, (b) => writeConnectionId(b, id), username);
  assert.equal(bench.code(data, turnMethod.connectionBind), 400);
  assert.equal(bind(data, 12345), 400);
  bench.taken();
  connect(peer('198.51.100.1:83'));
  const id = bench.takenOf('connectPeer')[0]?.peerConnection ?? 0;
  assert.equal(bind(data, id), 400, 'not connected yet');
  bench.give({ kind: 'peerConnected', peerConnection: id });
  assert.equal(codeOf(bench.takeResponse(control)), 0);
  assert.equal(bench.code(datagramPath(), turnMethod.connectionBind, (b) => writeConnectionId(b, id)), 400);
  assert.equal(bind(control, id), 400);
  assert.equal(bind(data, id, 'bob'), 441);
  const bindAsControl = (from: typeof control): number => {
    bench.send(from, bench.encode(turnMethod.connectionBind, (b) => writeConnectionId(b, id), bench.clientOf(control)));
    return codeOf(bench.takeResponse(from));
  };
  assert.equal(bindAsControl(control), 400);
  const foreign = bench.encode(turnMethod.refresh, (b) => writeConnectionId(b, id), bench.clientOf(control));
  bench.send(data, foreign);
  assert.equal(codeOf(bench.takeResponse(data)), 438, 'only ConnectionBind may carry the nonce of the control connection');
  assert.equal(bindAsControl(data), 0);
  assert.equal(bind(streamPath(3), id), 400, 'bound already');
  for (const code of [446, 447]) produced.add(code);
  const onUdp = new TestTurnServer();
  onUdp.ask(datagramPath(), turnMethod.allocate, udp);
  assert.equal(onUdp.code(datagramPath(), turnMethod.connect, peer('198.51.100.1:80')), 400);
});

test('unknown attributes are listed', () => {
  const bench = new TestTurnServer({ canSetDontFragment: false });
  const unknown = bench.ask(datagramPath(), turnMethod.allocate, all(udp, raw(0x7abc, 1), raw(0x7abd, 1)));
  assert.deepEqual(readUnknownAttributes(unknown), [0x7abc, 0x7abd]);
  assert.deepEqual(readUnknownAttributes(bench.ask(datagramPath(), turnMethod.allocate, all(udp, raw(turnAttribute.dontFragment, 0)))), [turnAttribute.dontFragment]);
});

test('every code of the RFCs was produced', () => {
  assert.deepEqual(Object.keys(turnErrorReasons).map(Number).filter((code) => !produced.has(code)), []);
});
