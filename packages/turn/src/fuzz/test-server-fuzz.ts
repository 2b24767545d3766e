import assert from 'node:assert/strict';
import { census } from '@dialplane/sansio';
import { MessageBuilder, parseStunMessage, type TransportAddress, writeXorAddress } from '@dialplane/stun';
import {
  type ClientPath,
  encodeChannelData,
  readConnectionId,
  turnAttribute,
  turnMethod,
  writeAddressFamily,
  writeChannelNumber,
  writeConnectionId,
  writeEvenPort,
  writeLifetime,
  writeRequestedTransport,
  writeReservationToken,
} from '../index.ts';
import { address, datagramPath, passwords, streamPath } from '../test-turn-server.ts';
import { corpus } from './test-corpus.ts';
import { Dice } from './test-dice.ts';
import { mutate } from './test-mutator.ts';
import { WatchedServer } from './test-watched-server.ts';

type Write = (builder: MessageBuilder) => void;

/** What a run of the server's fuzzer looked at. */
export interface ServerFuzzReport {
  readonly steps: number;
  /** How often each kind of answer was seen: `<method> <class> <code>`. */
  readonly answers: ReadonlyMap<string, number>;
  /** Things kept by the server before, at most during, and after the run: see {@link census}. */
  readonly kept: { readonly before: number; readonly most: number; readonly after: number };
}

const methods = [turnMethod.allocate, turnMethod.refresh, turnMethod.createPermission, turnMethod.channelBind, turnMethod.connect, turnMethod.connectionBind];
const peers = ['198.51.100.1:9', '198.51.100.2:9', '198.51.100.3:10', '198.51.100.4:9', '[2001:db8:1::1]:9', '[2001:db8:1::2]:9', '127.0.0.1:80', '169.254.169.254:80', '[::1]:80', '[::ffff:127.0.0.1]:80', '[2002:7f00:1::]:80'].map(address);
const sentKept = 64;

/** Users with and without credentials, peers, and a network that repeats and garbles, against one server: every step is of one seed. */
export class ServerFuzz {
  private readonly dice: Dice;
  private readonly server = new WatchedServer();
  private readonly paths: ClientPath[] = [1, 2, 3, 4].flatMap((number) => [datagramPath(`192.0.2.${number}:4000`), streamPath(number)]);
  private readonly sent: Array<{ readonly path: ClientPath; readonly bytes: Uint8Array }> = [];
  private readonly connectionIds: number[] = [1];
  private nextConnection = 100;
  private nextHandle = 1;

  constructor(seed: number) {
    this.dice = new Dice(seed);
  }

  run(steps: number): ServerFuzzReport {
    const before = census(this.server.bench.server);
    let most = before;
    for (let step = 0; step < steps; step += 1) {
      try {
        this.step();
      } catch (error) {
        throw new Error(`step ${step}`, { cause: error });
      }
      if (step % 500 === 0) most = Math.max(most, census(this.server.bench.server));
    }
    this.server.pass(2 * 3600_000);
    this.server.checkEmpty();
    return { steps, answers: this.server.seen, kept: { before, most, after: census(this.server.bench.server) } };
  }

  private step(): void {
    const { dice } = this;
    const chance = dice.below(100);
    if (chance < 30) this.sendGarbage();
    else if (chance < 70) this.sendRequest();
    else if (chance < 78) this.replay();
    else if (chance < 84) this.sendData();
    else if (chance < 92) this.receiveFromPeer();
    else if (chance < 96) this.actAsTcpDriver();
    else if (chance < 97) this.closeStream();
    else if (chance < 98) this.actAsOperator();
    else this.server.pass(dice.pick([1, 10, 100, 100, 1_000, 6_000, 31_000, 61_000, dice.happens(0.1) ? 3_700_000 : 300_000]));
    for (const relay of this.server.unanswered) if (dice.happens(0.8)) this.server.answer(relay, dice.happens(0.1));
  }

  /** Whatever bytes strangers send: a stranger's answer is small, and nobody gets more than that for garbage. */
  private sendGarbage(): void {
    const bytes = mutate(this.dice.pick(corpus).bytes, this.dice.pick(corpus).bytes, this.dice);
    const path = this.dice.pick(this.paths);
    this.server.sent.length = 0;
    this.send(path, bytes);
    const answered = this.server.sent.reduce((sum, output) => sum + output.bytes.length, 0);
    assert.ok(answered + 28 <= 3 * (bytes.length + 28), `${answered} bytes answer ${bytes.length}`);
  }

  /** A request that is signed with the password; what it asks for may be right or anything. */
  private sendRequest(): void {
    const { dice } = this;
    const index = dice.below(this.paths.length);
    const path = this.paths[index] ?? datagramPath();
    const method = dice.pick(methods);
    const users = Object.keys(passwords);
    const credentials = this.server.bench.clientOf(path, dice.happens(0.95) ? users[index % 2] : dice.pick(users));
    const parts = [...this.recipe(method), ...Array.from({ length: dice.pick([0, 0, 0, 1, 2]) }, () => this.anyAttribute())];
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { generation } = credentials;
      this.server.sent.length = 0;
      const request = this.server.bench.encode(method, (builder) => parts.forEach((write) => write(builder)), credentials);
      this.send(path, request);
      const response = this.server.sent.findLast((output) => output.bytes[0] === 1);
      const parsed = response && parseStunMessage(response.bytes);
      if (parsed?.ok !== true) return;
      const connectionId = readConnectionId(parsed.value);
      if (connectionId !== undefined) this.connectionIds.push(connectionId);
      if (credentials.handleResponse(parsed.value, generation).kind !== 'retry') return;
    }
  }

  /** What was sent before, once more: from where it came, or from elsewhere, where it never succeeds. */
  private replay(): void {
    if (this.sent.length === 0) return;
    const { path: original, bytes } = this.dice.pick(this.sent);
    const path = this.dice.happens(0.5) ? original : this.dice.pick(this.paths);
    this.server.sent.length = 0;
    this.server.send(path, bytes);
    if (path === original) return;
    for (const output of this.server.sent) assert.notEqual(parseSuccess(output.bytes), true, 'a request taken from another path succeeds');
  }

  private sendData(): void {
    const { dice } = this;
    const data = dice.bytes(dice.pick([0, 1, 10, 160, 1200]));
    const path = dice.pick(this.paths);
    if (dice.happens(0.3)) return this.send(path, sendIndication(this.peer(), data));
    this.send(path, encodeChannelData(this.channel(), data, path.kind === 'stream'));
  }

  private receiveFromPeer(): void {
    const { dice, server } = this;
    const relay = dice.pick([...server.relays.keys(), 1]);
    const peer = this.peer();
    if (dice.happens(0.8)) server.give({ kind: 'relayDatagram', relay, peer, bytes: dice.bytes(dice.pick([0, 1, 200, 1400])) });
    else server.give({ kind: 'relayIcmp', relay, peer, icmp: { type: dice.below(13), code: dice.below(16), data: dice.below(1500) } });
  }

  private actAsTcpDriver(): void {
    const { dice, server } = this;
    const [peerConnection, state] = dice.pick([...server.peers, [0, 'connecting'] as const]);
    if (dice.happens(0.3)) {
      const handle = this.nextHandle;
      this.nextHandle += 1;
      server.accepted.add(handle);
      return server.give({ kind: 'peerAccepted', relay: dice.pick([...server.relays.keys(), 1]), handle, peer: this.peer() });
    }
    if (peerConnection === 0) return;
    if (state === 'connecting' && dice.happens(0.7)) {
      server.peers.set(peerConnection, 'connected');
      this.connectionIds.push(peerConnection);
      return server.give({ kind: 'peerConnected', peerConnection });
    }
    if (dice.happens(0.5)) return server.give({ kind: 'streamsRelayed', peerConnection, toPeerBytes: dice.below(1000), toClientBytes: dice.below(1000) });
    server.peers.delete(peerConnection);
    server.give({ kind: state === 'connecting' ? 'peerFailed' : 'peerClosed', peerConnection });
  }

  private actAsOperator(): void {
    const { dice, server } = this;
    if (dice.happens(0.8)) return server.takeUsage();
    if (dice.happens(0.5)) server.give({ kind: 'clientFailed', path: dice.pick(this.paths) });
    else server.give({ kind: 'usernameRevoked', username: dice.pick(Object.keys(passwords)) });
  }

  /** A client's connection ends; its number is not used again. */
  private closeStream(): void {
    const index = this.paths.findIndex((path) => path.kind === 'stream' && this.dice.happens(0.4));
    const path = this.paths[index];
    if (path?.kind !== 'stream') return;
    this.nextConnection += 1;
    this.paths[index] = streamPath(this.nextConnection);
    this.server.give({ kind: 'clientClosed', connection: path.connection });
  }

  private send(path: ClientPath, bytes: Uint8Array): void {
    this.sent.push({ path, bytes });
    if (this.sent.length > sentKept) this.sent.shift();
    if (this.connectionIds.length > 8) this.connectionIds.shift();
    this.server.send(path, bytes);
  }

  /** What a request of the method needs to be granted. */
  private recipe(method: number): readonly Write[] {
    const { dice } = this;
    if (dice.happens(0.1)) return [];
    switch (method) {
      case turnMethod.allocate:
        return [(builder) => writeRequestedTransport(builder, dice.pick(['udp', 'udp', 'tcp']))];
      case turnMethod.refresh:
        return [lifetime(dice.pick([0, 600, 600, 600, 3600, 3600, 0xffffffff]))];
      case turnMethod.channelBind:
        return [(builder) => writeChannelNumber(builder, this.channel()), peer(this.peer())];
      case turnMethod.connectionBind:
        return [(builder) => writeConnectionId(builder, dice.pick(this.connectionIds))];
      default:
        return Array.from({ length: dice.pick([1, 1, 2, 4]) }, () => peer(this.peer()));
    }
  }

  /** Mostly one of a few that are used again and again, so that something comes of it. */
  private channel(): number {
    return this.dice.pick(this.dice.happens(0.7) ? [0x4000, 0x4001, 0x4002] : [0x5000, 0x7ffe, 0x7fff, 0x3fff]);
  }

  private peer(): TransportAddress {
    return this.dice.pick(this.dice.happens(0.7) ? peers.slice(0, 2) : peers);
  }

  private anyAttribute(): Write {
    const { dice } = this;
    return dice.pick<Write>([
      lifetime(dice.randomness.nextUint32()),
      peer(this.peer()),
      (builder) => writeAddressFamily(builder, 'requestedAddressFamily', dice.pick([4, 6])),
      (builder) => writeAddressFamily(builder, 'additionalAddressFamily', 6),
      (builder) => writeEvenPort(builder, dice.happens(0.5)),
      (builder) => writeReservationToken(builder, dice.pick([...this.server.tokens, '0011223344556677'])),
      (builder) => void builder.attribute(turnAttribute.dontFragment, new Uint8Array(0)),
      (builder) => void builder.attribute(dice.pick([...Object.values(turnAttribute), 0x7fff, 0xffff]), dice.bytes(dice.below(24))),
    ]);
  }
}

const lifetime =
  (seconds: number): Write =>
  (builder) =>
    writeLifetime(builder, seconds);
const peer =
  (to: TransportAddress): Write =>
  (builder) =>
    writeXorAddress(builder, turnAttribute.xorPeerAddress, to);

function sendIndication(to: TransportAddress, data: Uint8Array): Uint8Array {
  const builder = new MessageBuilder(new Uint8Array(2048)).begin('indication', turnMethod.send, new Uint8Array(12));
  writeXorAddress(builder, turnAttribute.xorPeerAddress, to);
  return builder.attribute(turnAttribute.data, data).finish();
}

function parseSuccess(bytes: Uint8Array): boolean {
  const parsed = parseStunMessage(bytes);
  return parsed.ok && parsed.value.messageClass === 'success';
}
