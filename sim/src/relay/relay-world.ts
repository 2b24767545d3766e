import assert from 'node:assert/strict';
import { lossyLink } from '../link.ts';
import { World } from '../world.ts';
import { checkLedger } from './relay-ledger.ts';
import { type Datagram, peerAddress } from './relay-messages.ts';
import { RelayProgram } from './relay-program.ts';
import { RelayPeer, RelayUser } from './relay-users.ts';

/** How big a relay's world is. */
export interface RelayWorldSize {
  readonly users: number;
  /** Relay ports; fewer than users makes some of them refused. */
  readonly ports: number;
}

/** What happened in a relay's world, for a test to see that it looked at something. */
export interface RelayReport {
  readonly allocations: number;
  readonly vanished: number;
  readonly expired: number;
  readonly refused: number;
  readonly portsExhausted: number;
  readonly strayed: number;
  readonly received: number;
  readonly bytes: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly steps: number;
}

const peerCount = 20;

/**
 * Users, peers and one relay on bad links for 35 minutes: a third of the users vanish without a word, some have a wrong password. Checked after every
 * step: no relay is open longer than its client was last granted. In the end: nothing is left, and the ledger's sums are what the
 * driver's own witness counted, to the byte.
 */
export function runRelayWorld(seed: number, size: RelayWorldSize): RelayReport {
  const world = new World<Datagram>(seed);
  world.setDefaultConditions(lossyLink);
  const relay = new RelayProgram(seed, size.ports);
  world.add('server', () => relay);
  const peers = Array.from({ length: peerCount }, (_, number) => new RelayPeer(peerAddress(number), world.chance.fork()));
  for (const [number, peer] of peers.entries()) world.add(`peer-${number}`, () => peer);
  const users: RelayUser[] = [];
  let vanished = 0;
  for (let number = 0; number < size.users; number += 1) {
    const address = () => peerAddress(world.chance.below(peerCount));
    world.add(`user-${number}`, (_, now) => {
      const user = new RelayUser(number, 4000, [address(), address()], world.chance.fork(), now);
      users.push(user);
      return user;
    });
    if (!world.chance.happens(1 / 3)) continue;
    vanished += 1;
    world.after(world.chance.between(60_000, 600_000), () => world.crash(`user-${number}`));
  }
  world.check((touched) => touched === 'server' && relay.check());
  world.run(35 * 60_000);

  assert.deepEqual([relay.server.allocationCount, relay.openPorts], [0, 0]);
  checkLedger(relay);
  const stops = relay.ledger.filter(({ event }) => event.kind === 'stopped');
  const sum = (of: readonly number[]): number => of.reduce((total, each) => total + each, 0);
  return {
    allocations: stops.length,
    vanished,
    expired: stops.filter(({ event }) => event.kind === 'stopped' && event.reason === 'expired').length,
    refused: sum(users.map((user) => user.refused)),
    portsExhausted: relay.portsExhausted,
    strayed: sum(peers.map((peer) => peer.strayed)),
    received: sum(users.map((user) => user.received)),
    bytes: sum(stops.map(({ totals }) => totals.toPeerBytes + totals.toClientBytes)),
    lost: world.tally.lost,
    duplicated: world.tally.duplicated,
    steps: world.tally.steps,
  };
}
