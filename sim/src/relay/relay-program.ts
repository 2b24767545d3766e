import assert from 'node:assert/strict';
import { instant, type Instant, seededRandomness } from '@dialplane/sansio';
import { formatTransportAddress, longTermKey, parseStunMessage, sameTransportAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import { packetVerdict, parseChannelData, readLifetime, type RelayedTotals, turnAttribute, turnMethod, TurnServer, type TurnServerOutput, type UsageRecord } from '@dialplane/turn';
import type { HostMachine, Received, Transmission } from '../host.ts';
import { type Datagram, hostOf, serverAddress } from './relay-messages.ts';
import { passwordOf, relayCrypto, relayRealm } from './relay-crypto.ts';

type MutableTotals = { -readonly [Key in keyof RelayedTotals]: number };

/** What the driver knows of a client without asking the machine. */
interface Witness {
  readonly client: string;
  /** Until when the client was last told it has its allocation. */
  grantedUntil: number;
  readonly seen: MutableTotals;
}

/** A relay server's host: the machine, its driver, and a witness that counts packets and lifetimes on its own. */
export class RelayProgram implements HostMachine<Datagram> {
  readonly server: TurnServer;
  readonly ledger: UsageRecord[] = [];
  readonly witnesses = new Map<string, Witness>();
  now: Instant = instant(0);
  portsExhausted = 0;
  private readonly relayOfPort = new Map<number, number>();
  private readonly portOfRelay = new Map<number, number>();
  private readonly ownerOfRelay = new Map<number, Witness>();
  private readonly sending: Array<Transmission<Datagram>> = [];
  private readonly ports: number;
  /** Whose request is being handled: an `openRelay` belongs to it. */
  private asking = '';

  /** @param ports relay ports from 50000 on. */
  constructor(seed: number, ports: number) {
    this.ports = ports;
    this.server = new TurnServer({
      realm: relayRealm,
      crypto: relayCrypto,
      randomness: seededRandomness(seed),
      nonceSecret: new Uint8Array(16).fill(seed),
      credentials: { key: (username, algorithm) => longTermKey(relayCrypto, algorithm, { username, realm: relayRealm, password: passwordOf(username) }) },
      peers: { permits: () => true },
      admission: { admit: () => ({ kind: 'admitted' }) },
      families: new Set([4]),
      transports: new Set(['udp']),
      canSetDontFragment: false,
      limits: { allocations: 1100 },
    });
  }

  get openPorts(): number {
    return this.portOfRelay.size;
  }

  handle({ message }: Received<Datagram>, now: Instant): void {
    this.now = now;
    if (message.destination.port === serverAddress.port) this.handleClient(message, now);
    else this.handlePeer(message, now);
  }

  handleTimeout(now: Instant): void {
    this.now = now;
    this.server.handleTimeout(now);
    this.drain();
  }

  poll(): Transmission<Datagram> | undefined {
    return this.sending.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.server.pollTimeout();
  }

  /** Nothing may be open for a client that was not told so; called after every step. */
  check(): void {
    for (const { client, grantedUntil } of this.ownerOfRelay.values()) assert.ok(this.now <= grantedUntil, `${client} has relays ${this.now - grantedUntil} ms after its lifetime`);
  }

  /** Media takes the machine's fast path, as with a driver over native sockets. */
  private handleClient({ source, bytes }: Datagram, now: Instant): void {
    this.asking = formatTransportAddress(source);
    const verdict = this.server.packets.fromDatagram(1, source, bytes, 0, bytes.length, now);
    if (verdict === packetVerdict.slow) this.server.handle({ kind: 'clientDatagram', path: { kind: 'datagram', listener: 1, remote: source }, bytes }, now);
    else if (verdict === packetVerdict.relayed) {
      const { relay, peer, payloadOffset, payloadLength } = this.server.packets.towardsPeer;
      this.toPeer(relay, peer, bytes.slice(payloadOffset, payloadOffset + payloadLength));
    }
    this.drain();
  }

  private handlePeer({ source, destination, bytes }: Datagram, now: Instant): void {
    const relay = this.relayOfPort.get(destination.port);
    if (relay !== undefined) this.server.handle({ kind: 'relayDatagram', relay, peer: source, bytes }, now);
    this.drain();
  }

  private drain(): void {
    for (let output = this.server.poll(); output !== undefined; output = this.server.poll()) this.perform(output);
  }

  private perform(output: TurnServerOutput): void {
    switch (output.kind) {
      case 'openRelay':
        return this.open(output.relay);
      case 'closeRelay':
        return this.close(output.relay);
      case 'sendToPeer':
        return this.toPeer(output.relay, output.peer, output.bytes);
      case 'sendToClient':
        this.witnessClientBytes(output.path.remote, output.bytes);
        return this.transmit(serverAddress, output.path.remote, output.bytes);
      case 'usage':
        this.ledger.push(output.record);
        return;
      default:
        throw new Error(`a UDP relay has no ${output.kind}`);
    }
  }

  private open(relay: number): void {
    let port = 50_000;
    while (this.relayOfPort.has(port)) port += 1;
    if (port >= 50_000 + this.ports) {
      this.portsExhausted += 1;
      return this.server.handle({ kind: 'relayFailed', relay, reason: 'insufficientCapacity' }, this.now);
    }
    this.relayOfPort.set(port, relay);
    this.portOfRelay.set(relay, port);
    const witness = this.witnessOf(this.asking);
    this.ownerOfRelay.set(relay, witness);
    witness.grantedUntil = this.now;
    this.server.handle({ kind: 'relayOpened', relay, address: transportAddress(serverAddress, port) }, this.now);
  }

  private close(relay: number): void {
    this.relayOfPort.delete(this.portOfRelay.get(relay) ?? 0);
    this.portOfRelay.delete(relay);
    this.ownerOfRelay.delete(relay);
  }

  private toPeer(relay: number, peer: TransportAddress, bytes: Uint8Array): void {
    const port = this.portOfRelay.get(relay);
    assert.ok(port !== undefined, `a packet leaves relay ${relay}, which is closed`);
    const owner = this.ownerOfRelay.get(relay);
    assert.ok(owner !== undefined);
    owner.seen.toPeerBytes += bytes.length;
    owner.seen.toPeerPackets += 1;
    this.transmit(transportAddress(serverAddress, port), peer, bytes);
  }

  /** Counts payload and notes granted lifetimes by reading what goes to the client, as a network analyser would. */
  private witnessClientBytes(client: TransportAddress, bytes: Uint8Array): void {
    const witness = this.witnessOf(formatTransportAddress(client));
    const parsed = parseStunMessage(bytes);
    const data = parsed.ok ? parsed.value.value(turnAttribute.data) : parseChannelData(bytes)?.data;
    if (data !== undefined) {
      witness.seen.toClientBytes += data.length;
      witness.seen.toClientPackets += 1;
    }
    if (!parsed.ok || parsed.value.messageClass !== 'success') return;
    const lifetime = readLifetime(parsed.value);
    if (lifetime !== undefined && (parsed.value.method === turnMethod.allocate || parsed.value.method === turnMethod.refresh)) witness.grantedUntil = this.now + lifetime * 1000;
  }

  private witnessOf(client: string): Witness {
    const known = this.witnesses.get(client) ?? { client, grantedUntil: 0, seen: { toPeerBytes: 0, toPeerPackets: 0, toClientBytes: 0, toClientPackets: 0 } };
    this.witnesses.set(client, known);
    return known;
  }

  private transmit(source: TransportAddress, destination: TransportAddress, bytes: Uint8Array): void {
    assert.ok(!sameTransportAddress(source, destination));
    this.sending.push({ to: hostOf(destination), message: { source, destination, bytes } });
  }
}
