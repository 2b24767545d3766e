import assert from 'node:assert/strict';
import { census } from '@dialplane/sansio';
import { lossyLink } from '../link.ts';
import { World } from '../world.ts';
import { checkLedger } from './relay-ledger.ts';
import { type Datagram, peerAddress } from './relay-messages.ts';
import { RelayProgram } from './relay-program.ts';
import { RelayPeer, RelayUser } from './relay-users.ts';

/** How big a day is. */
export interface RelayDaySize {
  readonly hours: number;
  readonly users: number;
  /** Relay ports; fewer than users makes some of them refused. */
  readonly ports: number;
}

/** What happened in a day, for a test to see that it looked at something. */
export interface RelayDayReport {
  readonly allocations: number;
  readonly expired: number;
  readonly reboots: number;
  readonly cuts: number;
  readonly portsExhausted: number;
  readonly bytes: number;
  /** Things the relay's machine kept at the start, at every full hour, and when all were gone: see {@link census}. */
  readonly kept: { readonly atStart: number; readonly hourly: readonly number[]; readonly atEnd: number };
  readonly steps: number;
}

const minute = 60_000;
const hour = 60 * minute;
const peerCount = 10;

/**
 * The same relay for many hours: users come, vanish without a word and come back, from the same port (then the relay still knows them) or
 * another; links are bad and now and then cut for minutes. Checked after every step: no relay is open longer than its client was last granted. In the end: nothing
 * is left, the ledger's sums are what the driver's own witness counted, and the machine keeps what it kept at the start.
 */
export function runRelayDay(seed: number, size: RelayDaySize): RelayDayReport {
  const world = new World<Datagram>(seed);
  world.setDefaultConditions(lossyLink);
  const relay = new RelayProgram(seed, size.ports);
  world.add('server', () => relay);
  for (let number = 0; number < peerCount; number += 1) world.add(`peer-${number}`, () => new RelayPeer(peerAddress(number), world.chance.fork()));
  const counts = { reboots: 0, cuts: 0 };
  const end = size.hours * hour;
  for (let number = 0; number < size.users; number += 1) live(world, number, end, counts);
  world.check((touched) => touched === 'server' && relay.check());

  const kept = { atStart: census(relay.server), hourly: [] as number[], atEnd: 0 };
  for (let hours = 1; hours <= size.hours; hours += 1) {
    world.run(hours * hour);
    kept.hourly.push(census(relay.server));
  }
  for (let number = 0; number < size.users; number += 1) world.crash(`user-${number}`);
  world.run(end + 2 * hour);
  kept.atEnd = census(relay.server);
  assert.deepEqual([relay.server.allocationCount, relay.openPorts], [0, 0]);
  checkLedger(relay);
  const stops = relay.ledger.filter(({ event }) => event.kind === 'stopped');
  return {
    allocations: stops.length,
    expired: stops.filter(({ event }) => event.kind === 'stopped' && event.reason === 'expired').length,
    ...counts,
    portsExhausted: relay.portsExhausted,
    bytes: stops.reduce((sum, { totals }) => sum + totals.toPeerBytes + totals.toClientBytes, 0),
    kept,
    steps: world.tally.steps,
  };
}

/** A user's day: reboots, on an old port or a new one, and cuts of the line to the relay. */
function live(world: World<Datagram>, number: number, end: number, counts: { reboots: number; cuts: number }): void {
  const name = `user-${number}`;
  const chance = world.chance.fork();
  let port = 4000;
  const reboot = (): void => {
    counts.reboots += 1;
    if (chance.happens(0.7)) port = 4000 + ((port - 3999) % 8);
    world.crash(name);
    world.restart(name);
    world.after(chance.between(2 * minute, 40 * minute), () => world.now < end && reboot());
  };
  const cut = (): void => {
    counts.cuts += 1;
    world.setPartition(name, 'server', true);
    world.after(chance.between(5_000, 15 * minute), () => world.setPartition(name, 'server', false));
    world.after(chance.between(hour, 6 * hour), () => world.now < end && cut());
  };
  world.add(name, (_, now) => new RelayUser(number, port, [peerAddress(chance.below(peerCount)), peerAddress(chance.below(peerCount))], chance.fork(), now));
  world.after(chance.between(0, 20 * minute), reboot);
  world.after(chance.between(0, 3 * hour), cut);
}
