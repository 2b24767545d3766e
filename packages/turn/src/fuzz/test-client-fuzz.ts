import assert from 'node:assert/strict';
import { census, instant } from '@dialplane/sansio';
import {
  formatIpAddress,
  longTermKey,
  MessageBuilder,
  parseStunMessage,
  readText,
  sameIpAddress,
  stunAttribute,
  type StunMessage,
  writeErrorCode,
  writeMessageIntegrity,
  writeXorAddress,
} from '@dialplane/stun';
import { nodeCrypto } from '@dialplane/kernels';
import { encodeChannelData, TurnClient, type TurnClientOutput, turnAttribute, turnMethod, writeConnectionId, writeIcmp, writeLifetime } from '../index.ts';
import { address } from '../test-turn-server.ts';
import { corpus } from './test-corpus.ts';
import { Dice } from './test-dice.ts';
import { mutate } from './test-mutator.ts';

/** What a run of the client's fuzzer looked at. */
export interface ClientFuzzReport {
  readonly clients: number;
  /** How often each kind of output was seen; `ended <reason>`. */
  readonly outputs: ReadonlyMap<string, number>;
  readonly mostKept: number;
}

const credential = { username: 'alice', password: 'a secret' };
const peers = ['198.51.100.1:9', '198.51.100.2:9', '[2001:db8:1::1]:9', '203.0.113.77:1'].map(address);
/** Peers whose permission the client asks for; the last is nobody's business. */
const wanted = peers.slice(0, 3);
const realms = ['example.org', 'other.example', 'r'.repeat(763), ''];
const nonces = ['obMatJos2gAAAfresh', 'obMatJos2QAAAanonymous', 'obMatJos2AAAAplain', 'n', 'n'.repeat(508), 'n'.repeat(763), 'n'.repeat(764)];

/** Clients against servers that answer anything: with the right transaction, and sometimes the right key, whatever comes into their head. */
export function fuzzClients(seed: number, clients: number): ClientFuzzReport {
  const outputs = new Map<string, number>();
  let mostKept = 0;
  for (let count = 0; count < clients; count += 1) {
    try {
      const fuzz = new ClientFuzz(seed * 100_000 + count, outputs);
      fuzz.run();
      mostKept = Math.max(mostKept, fuzz.kept);
    } catch (error) {
      throw new Error(`seed ${seed}, client ${count}`, { cause: error });
    }
  }
  return { clients, outputs, mostKept };
}

class ClientFuzz {
  private readonly dice: Dice;
  private readonly client: TurnClient;
  private readonly outputs: Map<string, number>;
  private readonly requests: StunMessage[] = [];
  private readonly permitted = new Set<string>();
  private now = instant(0);
  private hasEnded = false;
  /** How often the server does what it should. */
  private readonly honesty: number;

  constructor(seed: number, outputs: Map<string, number>) {
    this.dice = new Dice(seed);
    this.outputs = outputs;
    this.honesty = this.dice.pick([0.2, 0.9, 0.98]);
    this.client = new TurnClient({ ...credential, crypto: nodeCrypto, randomness: this.dice.randomness, isStream: this.dice.happens(0.3) });
  }

  get kept(): number {
    return census(this.client);
  }

  run(): void {
    this.give({ kind: 'allocate', wish: this.dice.happens(0.5) ? {} : { transport: 'tcp' } });
    for (let step = 0; step < 60; step += 1) this.step();
    this.give({ kind: 'release' });
    // Nobody answers any more: the client gives up in a bounded time, with a bounded number of attempts.
    for (let wakes = 0; !this.hasEnded; wakes += 1) {
      assert.ok(wakes < 200, 'the client never gives up');
      this.wake();
    }
  }

  private step(): void {
    const { dice } = this;
    const chance = dice.below(100);
    if (chance < 50) this.answer();
    else if (chance < 65) this.give({ kind: 'received', bytes: mutate(dice.pick(corpus).bytes, dice.pick(corpus).bytes, dice) });
    else if (chance < 75) this.give({ kind: 'received', bytes: this.indication() });
    else if (chance < 78) this.give({ kind: 'received', bytes: encodeChannelData(dice.pick([0x4000, 0x4001, 0x5000]), dice.bytes(dice.below(50)), false) });
    else if (chance < 90) this.command();
    else this.wake();
  }

  private command(): void {
    const peer = this.dice.pick(wanted);
    this.give(this.dice.pick([{ kind: 'permit', peers: [peer] }, { kind: 'bindChannel', peer }, { kind: 'send', peer, bytes: new Uint8Array(10) }, { kind: 'connectPeer', peer }] as const));
  }

  /** Answers one of the client's requests, as a server does or as it comes. */
  private answer(): void {
    const { dice } = this;
    const request = dice.happens(0.8) ? this.requests.at(-1) : this.requests[dice.below(this.requests.length)];
    if (request === undefined) return;
    const builder = new MessageBuilder(new Uint8Array(8192));
    if (readText(request, 'nonce') === undefined || !dice.happens(this.honesty)) this.writeChallenge(builder, request);
    else this.writeResponse(builder, request);
    const bytes = builder.finish();
    this.give({ kind: 'received', bytes: !dice.happens(this.honesty) ? mutate(bytes, dice.pick(corpus).bytes, dice) : bytes });
  }

  private writeChallenge(builder: MessageBuilder, request: StunMessage): void {
    const { dice } = this;
    const isHonest = dice.happens(this.honesty);
    const encode = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
    builder.begin('error', request.method, request.transactionId);
    writeErrorCode(builder, { code: isHonest ? 401 : dice.pick([401, 438, 438, 400, 300, 500]), reason: 'why' });
    if (isHonest || dice.happens(0.9)) builder.attribute(stunAttribute.realm, encode(isHonest ? 'example.org' : dice.pick(realms)));
    if (isHonest || dice.happens(0.9)) builder.attribute(stunAttribute.nonce, encode(dice.pick(isHonest ? nonces.slice(0, 4) : nonces)));
    if (isHonest || dice.happens(0.7)) builder.attribute(stunAttribute.passwordAlgorithms, isHonest ? bothAlgorithms : algorithms(dice.pick([0, 4, 8, 256, 300, 4000])));
  }

  private writeResponse(builder: MessageBuilder, request: StunMessage): void {
    const { dice } = this;
    const isHonest = dice.happens(this.honesty);
    const isSuccess = isHonest || dice.happens(0.4);
    builder.begin(isSuccess ? 'success' : 'error', request.method, request.transactionId);
    if (!isSuccess) writeErrorCode(builder, { code: dice.pick([400, 403, 437, 438, 441, 446, 447, 486, 508, 299, 699]), reason: 'why' });
    if (request.method <= turnMethod.refresh && (isHonest || dice.happens(0.9))) writeLifetime(builder, dice.pick(isHonest ? [600, 3600] : [0, 1, 0xffffffff]));
    if (request.method === turnMethod.allocate && (isHonest || dice.happens(0.9))) writeXorAddress(builder, turnAttribute.xorRelayedAddress, dice.pick(peers));
    if (request.method === turnMethod.connect) writeConnectionId(builder, dice.randomness.nextUint32());
    if (!isHonest) builder.attribute(dice.pick([0x7fff, 0x8fff, ...Object.values(turnAttribute)]), dice.bytes(dice.below(30)));
    const isSha256 = request.has(stunAttribute.messageIntegritySha256);
    const key = longTermKey(nodeCrypto, isSha256 ? 'sha256' : 'md5', { ...credential, realm: readText(request, 'realm') ?? '' });
    if (key !== undefined && (isHonest || dice.happens(0.7))) writeMessageIntegrity(builder, isSha256 ? 'sha256' : 'sha1', key, nodeCrypto);
  }

  private indication(): Uint8Array {
    const { dice } = this;
    const builder = new MessageBuilder(new Uint8Array(2048)).begin('indication', dice.pick([turnMethod.data, turnMethod.data, turnMethod.connectionAttempt, turnMethod.send]), dice.bytes(12));
    if (dice.happens(0.9)) writeXorAddress(builder, turnAttribute.xorPeerAddress, dice.pick(peers));
    if (dice.happens(0.7)) builder.attribute(turnAttribute.data, dice.bytes(dice.below(60)));
    else writeIcmp(builder, { type: 3, code: 4, data: 1400 });
    if (dice.happens(0.3)) writeConnectionId(builder, dice.below(100));
    return builder.finish();
  }

  private give(input: Parameters<TurnClient['handle']>[0]): void {
    this.client.handle(input, this.now);
    this.drain();
  }

  /** Lets the time come at which the client wants to be woken, which must come later, again and again or not at all. */
  private wake(): void {
    const at = this.client.pollTimeout();
    if (at === undefined) return;
    assert.ok(Number.isFinite(at));
    this.now = instant(Math.max(this.now, at));
    this.client.handleTimeout(this.now);
    this.drain();
    const next = this.client.pollTimeout();
    assert.ok(next === undefined || next > this.now, 'the client wants to be woken at once');
  }

  private drain(): void {
    for (let output = this.client.poll(); output !== undefined; output = this.client.poll()) this.note(output);
  }

  private note(output: TurnClientOutput): void {
    assert.ok(!this.hasEnded, `${output.kind} after the end`);
    const name = output.kind === 'ended' ? `ended ${output.reason}` : output.kind;
    this.outputs.set(name, (this.outputs.get(name) ?? 0) + 1);
    if (output.kind === 'ended') this.hasEnded = true;
    if (output.kind === 'permitted') for (const peer of output.peers) this.permitted.add(formatIpAddress(peer));
    if (output.kind === 'channelBound') this.permitted.add(formatIpAddress(output.peer));
    if (output.kind === 'connectionAttempt' || output.kind === 'unreachable') assert.ok(this.permitted.has(formatIpAddress(output.peer)), 'news of a peer without permission');
    // A channel that is asked for may be bound already, while the answer is under way.
    if (output.kind === 'data') assert.ok(wanted.some((peer) => sameIpAddress(peer, output.peer)), 'data of a peer that nobody asked for');
    const parsed = output.kind === 'send' ? parseStunMessage(output.bytes) : undefined;
    if (parsed?.ok === true && parsed.value.messageClass === 'request') this.requests.push(parsed.value);
    if (this.requests.length > 20) this.requests.shift();
  }
}

const bothAlgorithms = Uint8Array.of(0, 2, 0, 0, 0, 1, 0, 0);

/** A PASSWORD-ALGORITHMS value of so many bytes. */
function algorithms(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at % 4 === 1 ? 1 + (at % 3) : 0));
}
