import assert from 'node:assert/strict';
import { formatTransportAddress, parseStunMessage, type TransportAddress, transportAddress } from '@dialplane/stun';
import { type Admission, type ClientPath, peerAddressKind, RateBudget, type RelayedTotals, readReservationToken, type TurnServerInput, type TurnServerOutput } from '../index.ts';
import { address, TestTurnServer } from '../test-turn-server.ts';

const columns = ['toPeerBytes', 'toPeerPackets', 'toClientBytes', 'toClientPackets'] as const;
type Output<Kind extends TurnServerOutput['kind']> = Extract<TurnServerOutput, { kind: Kind }>;

/** A relay port as the driver knows it. */
interface DriverRelay {
  readonly asked: Output<'openRelay'> | undefined;
  address: TransportAddress | undefined;
}

/** A policy that lets through what is out on the Internet. */
export const permitsGlobal = (peer: TransportAddress): boolean => peerAddressKind(peer) === 'global';

/**
 * A server whose driver believes nothing: every output must make sense for what the driver did before. Relays are opened and closed once, packets leave
 * through open relays to permitted peers, the ledger only grows and starts and stops each allocation once.
 */
export class WatchedServer {
  readonly bench: TestTurnServer;
  readonly relays = new Map<number, DriverRelay>();
  /** Connections to peers, by number: asked for, or there. */
  readonly peers = new Map<number, 'connecting' | 'connected'>();
  /** Connections of peers that wait for the server's word, by handle. */
  readonly accepted = new Set<number>();
  readonly tokens: string[] = [];
  /** Response classes and error codes that were sent: what the fuzzer has seen of the server. */
  readonly seen = new Map<string, number>();
  /** Since it was last emptied: everything sent to clients. */
  readonly sent: Array<Output<'sendToClient'>> = [];
  private readonly ledger = new Map<number, { readonly totals: RelayedTotals; readonly isStopped: boolean }>();
  private readonly closing: number[] = [];
  /** Slots whose last record the ledger has not taken yet. */
  private readonly untaken: number[] = [];
  private admitted = 0;
  private nextPort = 50_000;

  constructor() {
    this.bench = new TestTurnServer({
      peers: { permits: permitsGlobal },
      admission: { admit: ({ held, username }) => (held >= 6 ? { kind: 'refused', code: 486 } : this.admit(username)) },
      slotsFreed: 'whenTaken',
      limits: { allocations: 40, permissionsPerRelay: 6, channelsPerRelay: 6, peerConnectionsPerAllocation: 3 },
    });
    this.bench.relays = 'manual';
  }

  give(input: TurnServerInput): void {
    this.bench.give(input);
    this.settle();
  }

  send(path: ClientPath, bytes: Uint8Array): void {
    this.bench.send(path, bytes);
    this.settle();
  }

  pass(milliseconds: number): void {
    this.bench.pass(milliseconds);
    this.settle();
  }

  /** Relays that the driver was asked for and has not answered. */
  get unanswered(): number[] {
    return [...this.relays].flatMap(([relay, { asked, address: known }]) => (asked !== undefined && known === undefined ? [relay] : []));
  }

  /** The ledger has kept the last records of what has ended. */
  takeUsage(): void {
    for (const slot of this.untaken.splice(0)) this.give({ kind: 'usageTaken', slot });
  }

  /** Answers `openRelay` as a driver does, whose port may be taken. */
  answer(relay: number, isTaken: boolean): void {
    const known = this.relays.get(relay);
    assert.ok(known?.asked !== undefined);
    const { asked } = known;
    const next = asked.port.kind === 'evenAndNext' ? asked.port.next : undefined;
    if (isTaken) {
      this.relays.delete(relay);
      if (next !== undefined) this.relays.delete(next);
      return this.give({ kind: 'relayFailed', relay, reason: 'insufficientCapacity' });
    }
    this.nextPort = this.nextPort > 65_000 ? 50_000 : this.nextPort + 2;
    const host = address(asked.family === 4 ? '203.0.113.1:0' : '[2001:db8::1]:0');
    known.address = transportAddress(host, this.nextPort);
    const reserved = next === undefined ? undefined : this.relays.get(next);
    if (reserved !== undefined) reserved.address = transportAddress(host, this.nextPort + 1);
    this.give({ kind: 'relayOpened', relay, address: known.address });
  }

  /** After the last allocation: nothing may be left open, and every allocation has stopped. */
  checkEmpty(): void {
    this.takeUsage();
    assert.deepEqual([this.bench.server.allocationCount, this.relays.size, this.peers.size, this.bench.server.pollTimeout()], [0, 0, 0, undefined]);
    assert.equal(this.admitted, 0, 'admissions that were not released');
    for (const [allocation, { isStopped }] of this.ledger) assert.ok(isStopped, `allocation ${allocation} never stopped`);
  }

  private admit(username: string): Admission {
    this.admitted += 1;
    const budgets = username === 'bob' ? [new RateBudget(2000, this.bench.now)] : [];
    return { kind: 'admitted', budgets, release: () => (this.admitted -= 1) };
  }

  private settle(): void {
    for (;;) {
      for (const output of this.bench.taken()) this.perform(output);
      const connection = this.closing.pop();
      if (connection === undefined) return;
      this.bench.give({ kind: 'clientClosed', connection });
    }
  }

  private perform(output: TurnServerOutput): void {
    switch (output.kind) {
      case 'openRelay':
        this.addRelay(output.relay, output);
        if (output.port.kind === 'evenAndNext') this.addRelay(output.port.next, undefined);
        return;
      case 'closeRelay':
        assert.ok(this.relays.delete(output.relay), `relay ${output.relay} is closed and not open`);
        return;
      case 'sendToPeer':
        assert.ok(this.relays.get(output.relay)?.address !== undefined, `a packet leaves relay ${output.relay}, which is not open`);
        assert.ok(permitsGlobal(output.peer), `a packet leaves for ${formatTransportAddress(output.peer)}`);
        return;
      case 'sendToClient':
        return this.noteAnswer(output);
      case 'connectPeer':
        assert.ok(this.relays.get(output.relay)?.asked?.transport === 'tcp' && permitsGlobal(output.peer) && !this.peers.has(output.peerConnection));
        this.peers.set(output.peerConnection, 'connecting');
        return;
      case 'adoptPeer':
        assert.ok(this.accepted.delete(output.handle));
        this.peers.set(output.peerConnection, 'connected');
        return;
      case 'refusePeer':
        assert.ok(this.accepted.delete(output.handle));
        return;
      case 'bindStreams':
        assert.equal(this.peers.get(output.peerConnection), 'connected');
        return;
      case 'closePeer':
        assert.ok(this.peers.delete(output.peerConnection), `peer connection ${output.peerConnection} is closed and not open`);
        return;
      case 'closeClient':
        this.closing.push(output.connection);
        return;
      default:
        return this.noteUsage(output);
    }
  }

  private addRelay(relay: number, asked: Output<'openRelay'> | undefined): void {
    assert.ok(!this.relays.has(relay), `relay ${relay} is opened twice`);
    this.relays.set(relay, { asked, address: undefined });
    assert.ok(this.relays.size <= 3 * 40, `${this.relays.size} relays`);
  }

  private noteAnswer(output: Output<'sendToClient'>): void {
    this.sent.push(output);
    const parsed = parseStunMessage(output.bytes);
    const message = parsed.ok ? parsed.value : undefined;
    const code = message?.value(0x0009);
    const name = message === undefined ? 'ChannelData' : `${message.method} ${message.messageClass} ${code === undefined ? '' : (code[2] ?? 0) * 100 + (code[3] ?? 0)}`;
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1);
    const token = message && readReservationToken(message);
    if (token !== undefined) this.tokens.push(token);
    if (this.tokens.length > 8) this.tokens.shift();
  }

  private noteUsage({ record }: Output<'usage'>): void {
    const before = this.ledger.get(record.allocation);
    assert.equal(record.event.kind === 'started', before === undefined, `allocation ${record.allocation} starts once`);
    assert.notEqual(before?.isStopped, true, `allocation ${record.allocation} goes on after its stop`);
    for (const column of columns) assert.ok(record.totals[column] >= (before?.totals[column] ?? 0), `allocation ${record.allocation} loses ${column}`);
    this.ledger.set(record.allocation, { totals: record.totals, isStopped: record.event.kind === 'stopped' });
    if (record.event.kind === 'stopped') this.untaken.push(record.slot);
  }
}
