import { addMilliseconds, earliest, type Instant, seededRandomness } from '@dialplane/sansio';
import { sameTransportAddress, type TransportAddress } from '@dialplane/stun';
import { TurnClient, type TurnClientOutput } from '@dialplane/turn';
import type { Chance } from '../chance.ts';
import type { HostMachine, Received, Transmission } from '../host.ts';
import { type Datagram, hostOf, serverAddress, userAddress } from './relay-messages.ts';
import { passwordOf, relayCrypto } from './relay-crypto.ts';

/** A user of the relay: allocates, talks to two peers for a while (one over a channel), and releases. */
export class RelayUser implements HostMachine<Datagram> {
  allocated = 0;
  received = 0;
  refused = 0;
  private readonly client: TurnClient;
  private readonly chance: Chance;
  private readonly own: TransportAddress;
  private readonly peers: readonly TransportAddress[];
  private readonly sending: Array<Transmission<Datagram>> = [];
  private talkAt: Instant | undefined;
  private leaveAt: Instant | undefined;

  /** @param port of the user: another one after a reboot makes it another client for the relay. */
  constructor(number: number, port: number, peers: readonly TransportAddress[], chance: Chance, now: Instant) {
    this.chance = chance;
    this.own = userAddress(number, port);
    this.peers = peers;
    const username = `user-${number}`;
    const password = number % 50 === 49 ? 'wrong' : passwordOf(username);
    this.client = new TurnClient({ username, password, crypto: relayCrypto, randomness: seededRandomness(chance.below(2 ** 32)), isStream: false });
    this.talkAt = addMilliseconds(now, chance.between(0, 60_000));
    this.leaveAt = addMilliseconds(now, chance.between(120_000, 1_100_000));
  }

  handle({ message }: Received<Datagram>, now: Instant): void {
    if (sameTransportAddress(message.source, serverAddress)) this.client.handle({ kind: 'received', bytes: message.bytes }, now);
    this.drain(now);
  }

  handleTimeout(now: Instant): void {
    this.client.handleTimeout(now);
    if (this.talkAt !== undefined && now >= this.talkAt) this.talk(now);
    if (this.leaveAt !== undefined && now >= this.leaveAt) {
      this.talkAt = this.leaveAt = undefined;
      this.client.handle({ kind: 'release' }, now);
    }
    this.drain(now);
  }

  poll(): Transmission<Datagram> | undefined {
    return this.sending.shift();
  }

  pollTimeout(): Instant | undefined {
    return earliest(this.client.pollTimeout(), earliest(this.talkAt, this.leaveAt));
  }

  private talk(now: Instant): void {
    this.talkAt = addMilliseconds(now, this.chance.between(15_000, 60_000));
    if (this.allocated === 0) return this.client.handle({ kind: 'allocate', wish: {} }, now);
    const bytes = new Uint8Array(this.chance.between(0, 1200));
    this.client.handle({ kind: 'send', peer: this.chance.pick(this.peers), bytes }, now);
  }

  private drain(now: Instant): void {
    for (let output = this.client.poll(); output !== undefined; output = this.client.poll()) this.react(output, now);
  }

  private react(output: TurnClientOutput, now: Instant): void {
    if (output.kind === 'send') {
      this.sending.push({ to: 'server', message: { source: this.own, destination: serverAddress, bytes: output.bytes } });
    } else if (output.kind === 'allocated') {
      this.allocated += 1;
      const [first, second] = this.peers;
      if (first !== undefined) this.client.handle({ kind: 'permit', peers: [first] }, now);
      if (second !== undefined) this.client.handle({ kind: 'bindChannel', peer: second }, now);
    } else if (output.kind === 'data') {
      this.received += 1;
      if (!this.peers.some((peer) => sameTransportAddress(peer, output.peer))) throw new Error('data from a peer without permission');
    } else if (output.kind === 'ended') {
      if (output.reason !== 'released') this.refused += 1;
      this.talkAt = this.leaveAt = undefined;
    }
  }
}

/** A peer: answers every packet with one of its own, and sometimes sends one to a relay port that it has no business with. */
export class RelayPeer implements HostMachine<Datagram> {
  strayed = 0;
  private readonly own: TransportAddress;
  private readonly chance: Chance;
  private readonly sending: Array<Transmission<Datagram>> = [];

  constructor(own: TransportAddress, chance: Chance) {
    this.own = own;
    this.chance = chance;
  }

  handle({ message }: Received<Datagram>): void {
    this.send(message.source);
    if (!this.chance.happens(0.2)) return;
    this.strayed += 1;
    this.send({ ...message.source, port: this.chance.between(50_000, 51_000) });
  }

  handleTimeout(): void {
    // A peer has no timers: it only answers.
  }

  poll(): Transmission<Datagram> | undefined {
    return this.sending.shift();
  }

  pollTimeout(): undefined {
    return undefined;
  }

  private send(destination: TransportAddress): void {
    const bytes = new Uint8Array(this.chance.between(0, 1200));
    this.sending.push({ to: hostOf(destination), message: { source: this.own, destination, bytes } });
  }
}
