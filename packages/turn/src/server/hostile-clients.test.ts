import assert from 'node:assert/strict';
import { test } from 'node:test';
import { census, instant } from '@dialplane/sansio';
import { LongTermClient, MessageBuilder, parseStunMessage, stunAttribute, transportAddress, ipv4Address, writeXorAddress } from '@dialplane/stun';
import { nodeCrypto } from '@dialplane/kernels';
import {
  type ClientPath,
  encodeChannelData,
  peerAddressKind,
  turnAttribute,
  turnMethod,
  type TurnServerOptions,
  type TurnServerOutput,
  writeChannelNumber,
  writeConnectionId,
  writeLifetime,
  writeRequestedTransport,
} from '../index.ts';
import { address, codeOf, datagramPath, parsed, streamPath, TestTurnServer } from '../test-turn-server.ts';

type Write = (builder: MessageBuilder) => void;

const [victimPath, attackerPath] = [datagramPath('192.0.2.1:4000'), datagramPath('192.0.2.66:4000')];
const peer = address('198.51.100.1:7000');
const payload = Uint8Array.of(1, 2, 3, 4);
const udp: Write = (builder) => writeRequestedTransport(builder, 'udp');
const release: Write = (builder) => writeLifetime(builder, 0);
const towards =
  (who: string): Write =>
  (builder) =>
    writeXorAddress(builder, turnAttribute.xorPeerAddress, address(who));

/** A server with one user, alice, who talks to a peer over a channel, and whoever attacks. */
class Stage {
  readonly bench: TestTurnServer;
  readonly relay: number;
  /** The last requests alice made, as somebody on the path saw them. */
  readonly seen: Record<'allocate' | 'bind' | 'refresh', Uint8Array>;

  constructor(options: Partial<TurnServerOptions> = {}) {
    this.bench = new TestTurnServer({ peers: { permits: (who) => peerAddressKind(who) === 'global' }, ...options });
    this.bench.ask(victimPath, turnMethod.refresh);
    const alice = this.bench.clientOf(victimPath);
    const ask = (method: number, write: Write): Uint8Array => {
      const request = this.bench.encode(method, write, alice);
      this.bench.send(victimPath, request);
      return request;
    };
    const allocate = ask(turnMethod.allocate, udp);
    this.relay = this.bench.takenOf('openRelay')[0]?.relay ?? 0;
    const bind = ask(turnMethod.channelBind, (builder) => {
      writeChannelNumber(builder, 0x4000);
      writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    });
    this.seen = { allocate, bind, refresh: ask(turnMethod.refresh, release) };
    // That refresh ended the allocation: what was seen of it is an attacker's best find. Alice allocates again.
    this.bench.ask(victimPath, turnMethod.allocate, udp);
    this.relay = this.bench.takenOf('openRelay')[0]?.relay ?? 0;
    ask(turnMethod.channelBind, (builder) => {
      writeChannelNumber(builder, 0x4000);
      writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    });
    this.bench.taken();
  }

  /** Alice and her peer hear each other. */
  checkTalk(): void {
    this.bench.taken();
    this.bench.send(victimPath, encodeChannelData(0x4000, payload, false));
    this.bench.give({ kind: 'relayDatagram', relay: this.relay, peer, bytes: payload });
    const expected: TurnServerOutput[] = [
      { kind: 'sendToPeer', relay: this.relay, peer, bytes: payload, dontFragment: false },
      { kind: 'sendToClient', path: victimPath, bytes: encodeChannelData(0x4000, payload, false) },
    ];
    assert.deepEqual(this.bench.taken(), expected);
  }

  /** A request of somebody with these credentials, sent from `path`. */
  request(path: ClientPath, method: number, write: Write, username: string): void {
    this.bench.ask(path, turnMethod.refresh, undefined, username);
    this.bench.taken();
    this.bench.send(path, this.bench.encode(method, write, this.bench.clientOf(path, username)));
  }
}

/** Error codes of the answers, 0 for success, `-` for anything that is no answer. */
function answersOf(outputs: readonly TurnServerOutput[]): ReadonlyArray<number | string> {
  return outputs.map((output) => (output.kind === 'sendToClient' && parseStunMessage(output.bytes).ok ? codeOf(parsed(output.bytes)) : output.kind));
}

const attacks: ReadonlyArray<readonly [string, (stage: Stage) => void, ReadonlyArray<number | string>]> = [
  ['a request cut short', ({ bench, seen }) => bench.send(attackerPath, seen.bind.subarray(0, -4)), []],
  ['a request with a changed byte', ({ bench, seen }) => bench.send(victimPath, seen.refresh.with(27, 7)), [401]],
  ['a request that was seen, from elsewhere: the nonce is of another path', ({ bench, seen }) => bench.send(attackerPath, seen.refresh), [438]],
  ['an Allocate that was seen, from elsewhere', ({ bench, seen }) => bench.send(attackerPath, seen.allocate), [438]],
  ['the same over a stream', ({ bench, seen }) => bench.send(streamPath(), seen.refresh), [438]],
  ['from the same address at another socket of the server', ({ bench, seen }) => bench.send(datagramPath('192.0.2.1:4000', 2), seen.refresh), [438]],
  ['an old Allocate of the same path: not the one that made the allocation', ({ bench, seen }) => bench.send(victimPath, seen.allocate), [437]],
  ['ChannelData from elsewhere', ({ bench }) => bench.send(attackerPath, encodeChannelData(0x4000, payload, false)), []],
  ['ChannelData of another channel', ({ bench }) => bench.send(victimPath, encodeChannelData(0x4001, payload, false)), []],
  ['ChannelData that claims more than there is', ({ bench }) => bench.send(victimPath, Uint8Array.of(0x40, 0, 0xff, 0xff, 1, 2, 3, 4)), []],
  ['a Send indication from elsewhere', ({ bench }) => bench.send(attackerPath, sendIndication(payload)), []],
  ['a Send indication of 64 KB', ({ bench }) => bench.send(attackerPath, sendIndication(new Uint8Array(65_000))), []],
  ['nobody: no credentials', ({ bench }) => bench.send(attackerPath, request(release)), [401]],
  ['half a credential', ({ bench }) => bench.send(attackerPath, request((builder) => void builder.attribute(stunAttribute.messageIntegrity, new Uint8Array(20)))), [400]],
  ['a wrong password', (stage) => withWrongPassword(stage, victimPath), [401]],
  ['a wrong nonce', (stage) => withNonce(stage, 'obMatJos2gAAA'), [438]],
  ['a nonce of another server', (stage) => withNonce(stage, 'obMatJos2gAAAAAAAAAAAAAAAAAAAAAAAAA'), [438]],
  ['another user on the allocation: Refresh', (stage) => stage.request(victimPath, turnMethod.refresh, release, 'bob'), [441]],
  ['another user on the allocation: CreatePermission', (stage) => stage.request(victimPath, turnMethod.createPermission, towards('198.51.100.9:1'), 'bob'), [441]],
  ['another user on the allocation: Allocate', (stage) => stage.request(victimPath, turnMethod.allocate, udp, 'bob'), [437]],
  ['another user without an allocation', (stage) => stage.request(attackerPath, turnMethod.refresh, release, 'bob'), [437]],
  ['a connection that does not exist', (stage) => stage.request(streamPath(), turnMethod.connectionBind, (builder) => writeConnectionId(builder, 1), 'bob'), [400]],
  ['a packet from a peer without permission', ({ bench, relay }) => bench.give({ kind: 'relayDatagram', relay, peer: address('198.51.100.9:1'), bytes: payload }), []],
  ['an empty packet from such a peer', ({ bench, relay }) => bench.give({ kind: 'relayDatagram', relay, peer: address('198.51.100.9:1'), bytes: new Uint8Array(0) }), []],
  ['an ICMP error about a stranger', ({ bench, relay }) => bench.give({ kind: 'relayIcmp', relay, peer: address('198.51.100.9:0'), icmp: { type: 3, code: 1, data: 0 } }), []],
];

for (const [name, attack, answers] of attacks) {
  test(`an attack, ${name}: answered ${answers.join(', ') || 'with silence'}, and alice talks on`, () => {
    const stage = new Stage();
    const before = census(stage.bench.server);
    attack(stage);
    assert.deepEqual(answersOf(stage.bench.taken()), answers);
    assert.equal(census(stage.bench.server), before);
    stage.checkTalk();
  });
}

test('peers that policy forbids, disguised or not: 403 for permission, channel and connection; a Send indication is dropped', () => {
  const forbidden = [
    '127.0.0.1:80', '127.255.255.254:80', '0.0.0.0:80', '10.0.0.1:80', '172.16.0.1:80', '192.168.1.1:80', '169.254.169.254:80', '169.254.1.1:80', '100.100.100.200:80', '168.63.129.16:80', '224.0.0.1:80', '255.255.255.255:80',
    '[::]:80', '[::1]:80', '[::ffff:127.0.0.1]:80', '[::ffff:169.254.169.254]:80', '[::ffff:8.8.8.8]:80', '[::127.0.0.1]:80', '[::ffff:0:127.0.0.1]:80', '[64:ff9b::127.0.0.1]:80', '[64:ff9b::169.254.169.254]:80',
    '[2002:7f00:1::1]:80', '[2002:a9fe:a9fe::1]:80', '[2001:0:1:2:3:4:80ff:fffe]:80', '[fe80::1]:80', '[fc00::1]:80', '[fd00:ec2::254]:80', '[ff02::1]:80',
  ];
  const { bench } = new Stage();
  const [dual, control] = [attackerPath, streamPath()];
  bench.ask(dual, turnMethod.allocate, (builder) => {
    udp(builder);
    builder.uint32(turnAttribute.additionalAddressFamily, 2 << 24);
  });
  bench.ask(control, turnMethod.allocate, (builder) => writeRequestedTransport(builder, 'tcp'));
  for (const who of forbidden) {
    assert.equal(bench.code(dual, turnMethod.createPermission, towards(who)), 403, who);
    assert.equal(bench.code(dual, turnMethod.createPermission, (builder) => (towards('198.51.100.1:7000')(builder), towards(who)(builder))), 403, who);
    assert.equal(bench.code(dual, turnMethod.channelBind, (builder) => (writeChannelNumber(builder, 0x4001), towards(who)(builder))), 403, who);
    if (!who.startsWith('[')) assert.equal(bench.code(control, turnMethod.connect, towards(who)), 403, who);
    bench.taken();
    bench.send(dual, sendIndication(payload, who));
    assert.deepEqual(bench.taken(), [], who);
  }
});

test('when every slot or port is taken newcomers are told 508, the others talk on, and what is given back is used again', () => {
  const stage = new Stage({ limits: { allocations: 2 } });
  const { bench } = stage;
  assert.equal(bench.code(attackerPath, turnMethod.allocate, udp, 'bob'), 0);
  for (let round = 0; round < 100; round += 1) assert.equal(bench.code(datagramPath(`192.0.2.67:${4000 + round}`), turnMethod.allocate, udp, 'bob'), 508);
  stage.checkTalk();
  assert.equal(bench.code(attackerPath, turnMethod.refresh, release, 'bob'), 0);
  assert.equal(bench.code(datagramPath('192.0.2.67:4000'), turnMethod.allocate, udp, 'bob'), 0);
  stage.checkTalk();
});

test('a flood of strangers: each is challenged, nothing is kept, alice talks on', () => {
  const stage = new Stage();
  const { bench } = stage;
  const before = census(bench.server);
  const hello = request(udp);
  for (let number = 0; number < 20_000; number += 1) {
    const remote = transportAddress(ipv4Address(0x0b00_0000 + number), 1024 + (number % 60_000));
    bench.server.handle({ kind: 'clientDatagram', path: { kind: 'datagram', listener: 1, remote }, bytes: hello }, instant(number));
    const output = bench.server.poll();
    assert.ok(output?.kind === 'sendToClient' && output.bytes.length < 140);
    assert.equal(bench.server.poll(), undefined);
  }
  assert.ok(census(bench.server) <= before);
  stage.checkTalk();
});

function request(write: Write): Uint8Array {
  const builder = new MessageBuilder(new Uint8Array(1024)).begin('request', turnMethod.refresh, new Uint8Array(12));
  write(builder);
  return builder.finish();
}

function sendIndication(data: Uint8Array, who = '198.51.100.1:7000'): Uint8Array {
  const builder = new MessageBuilder(new Uint8Array(66_000)).begin('indication', turnMethod.send, new Uint8Array(12));
  towards(who)(builder);
  return builder.attribute(turnAttribute.data, data).finish();
}

/** A request of alice's with a nonce of somebody's making: the challenge that names it is forged. */
function withNonce({ bench }: Stage, nonce: string): void {
  const client = new LongTermClient({ username: 'alice', password: 'a secret' }, nodeCrypto);
  forgeChallenge(client, nonce);
  bench.send(victimPath, bench.encode(turnMethod.refresh, release, client));
}

function withWrongPassword({ bench }: Stage, path: ClientPath): void {
  const client = new LongTermClient({ username: 'alice', password: 'guess' }, nodeCrypto);
  forgeChallenge(client, 'obMatJos2gAAA');
  bench.send(path, bench.encode(turnMethod.refresh, release, client));
}

function forgeChallenge(client: LongTermClient, nonce: string): void {
  const builder = new MessageBuilder(new Uint8Array(512)).begin('error', turnMethod.refresh, new Uint8Array(12));
  builder.attribute(stunAttribute.errorCode, Uint8Array.of(0, 0, 4, 1));
  builder.attribute(stunAttribute.realm, new TextEncoder().encode('example.org'));
  builder.attribute(stunAttribute.nonce, new TextEncoder().encode(nonce));
  builder.attribute(stunAttribute.passwordAlgorithms, Uint8Array.of(0, 2, 0, 0, 0, 1, 0, 0));
  assert.equal(client.handleResponse(parsed(builder.finish()), 0).kind, 'retry');
}
